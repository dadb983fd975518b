/** A store whose answers to requests have spans; what servers ask it by themselves, four times a second, has none. */

import { trace } from '@opentelemetry/api';
import type { Store } from '../store/store.ts';
import { spanned } from './spans.ts';

/** They answer from memory, at once. */
const AT_ONCE: ReadonlySet<string | symbol> = new Set<keyof Store>(['recentTree', 'recentPlan']);

type Method = (...args: unknown[]) => unknown;

export function tracedStore(store: Store): Store {
  const methods = new Map<string | symbol, Method>();
  return new Proxy(store, {
    get(_store, name) {
      const member: unknown = Reflect.get(store, name);
      if (typeof member !== 'function') return member;
      let method = methods.get(name);
      if (!method) {
        method = AT_ONCE.has(name) ? member.bind(store) : traced(store, String(name), member as Method);
        methods.set(name, method!);
      }
      return method;
    },
  });
}

function traced(store: Store, name: string, method: Method): Method {
  return (...args) => {
    const ask = () => method.apply(store, args);
    return trace.getActiveSpan() ? spanned(`store ${name}`, {}, ask) : ask();
  };
}
