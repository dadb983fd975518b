/**
 * Session colours: a hue a session, far from those of the sessions before it (golden angle). The session from outside
 * has no colour. Every place that shows a colour shows the number as well.
 */

export class SessionColours {
  private readonly order = new Map<number, number>();

  hue(sid: number): number | null {
    if (sid === 0) return null;
    let index = this.order.get(sid);
    if (index === undefined) {
      index = this.order.size;
      this.order.set(sid, index);
    }
    return Math.round((210 + index * 137.508) % 360);
  }

  /** A fill that text of the page's colour can be read on. */
  fill(sid: number, dark: boolean): string {
    const hue = this.hue(sid);
    if (hue === null) return dark ? '#3a3f47' : '#e3e6ea';
    return dark ? `hsl(${hue} 45% 30%)` : `hsl(${hue} 70% 84%)`;
  }

  /** A line or a dot. */
  line(sid: number, dark: boolean): string {
    const hue = this.hue(sid);
    if (hue === null) return dark ? '#8b94a1' : '#6b7480';
    return dark ? `hsl(${hue} 65% 65%)` : `hsl(${hue} 65% 38%)`;
  }
}
