/** 0:07, 12:34, 1:02:03. @param seconds not negative; parts of a second are left out. */
export function clockText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const tail = `:${two(whole % 60)}`;
  return hours === 0 ? `${minutes}${tail}` : `${hours}:${two(minutes)}${tail}`;
}
