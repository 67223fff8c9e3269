import { useRef } from 'preact/hooks';

import { step } from './keys.ts';

export interface Tab<K extends string> {
  readonly key: K;
  readonly label: string;
  /** Counts what is new there; 0 shows nothing. */
  readonly count?: number;
  /** What the count says, for screen readers: "2 missed calls". */
  readonly countLabel?: string;
}

export interface TabsProps<K extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<K>[];
  readonly selected: K;
  readonly onSelect: (key: K) => void;
  /** The id of the panel that they switch (role="tabpanel"). */
  readonly panel: string;
}

/** One is selected; arrow keys, Home and End move it. */
export function Tabs<K extends string>(props: TabsProps<K>) {
  const list = useRef<HTMLDivElement>(null);
  const { tabs, selected } = props;
  const move = (event: KeyboardEvent): void => {
    const at = tabs.findIndex((tab) => tab.key === selected);
    const next = step(event.key, at, tabs.length, 'row');
    const tab = next === null ? undefined : tabs[next];
    if (tab === undefined) return;
    event.preventDefault();
    props.onSelect(tab.key);
    list.current?.querySelector<HTMLElement>(`[data-key="${tab.key}"]`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={props.label} ref={list} onKeyDown={move}>
      {tabs.map((tab) => (
        <button
          key={tab.key}
          type="button"
          role="tab"
          data-key={tab.key}
          aria-selected={tab.key === selected ? 'true' : 'false'}
          aria-controls={props.panel}
          tabIndex={tab.key === selected ? 0 : -1}
          onClick={() => {
            props.onSelect(tab.key);
          }}
        >
          <span class="label" data-text={tab.label}>
            {tab.label}
          </span>
          {tab.count === undefined || tab.count === 0 ? null : (
            <span class="badge">
              <span aria-hidden="true">{tab.count > 99 ? '99+' : tab.count}</span>
              <span class="unseen">{tab.countLabel ?? tab.count}</span>
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
