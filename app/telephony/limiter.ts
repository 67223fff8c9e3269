// Lets at most a few requests be under way; the others wait in their order.

export class Limiter {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.most) {
      await new Promise<void>((go) => this.waiting.push(go));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      // The place goes to the next one directly, so that nobody gets in between.
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  /** All of them, a few at a time; in the order of the items. */
  async map<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
    return Promise.all(items.map((item) => this.run(() => work(item))));
  }
}
