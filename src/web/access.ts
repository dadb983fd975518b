/** The token of a server that wants one: asked for when it refuses, and kept for this tab. */

import { part } from './page-parts.ts';

const KEY = 'token';

export function tokenAtHand(): string | null {
  return sessionStorage.getItem(KEY);
}

let asking: Promise<boolean> | null = null;

/** Resolves to whether there is another token than the one that was refused; of many requests at once one asks. */
export function anotherToken(refused: string | null): Promise<boolean> {
  if (tokenAtHand() !== refused) return Promise.resolve(true);
  asking ??= asked(refused !== null).finally(() => {
    asking = null;
  });
  return asking;
}

function asked(again: boolean): Promise<boolean> {
  part('access-title').textContent = again
    ? 'The server does not know this token'
    : 'This server wants a token';
  const dialog = part<HTMLDialogElement>('access');
  const field = part<HTMLInputElement>('token');
  field.value = '';
  dialog.returnValue = '';
  part('no-token').onclick = () => dialog.close();
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => {
        const isGiven = dialog.returnValue === 'given';
        if (isGiven) sessionStorage.setItem(KEY, field.value.trim());
        resolve(isGiven);
      },
      { once: true },
    );
  });
}
