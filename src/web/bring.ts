/** Bring: the ways a tree comes to the page. A file chosen or dropped, a text pasted, an example. */

import { type Progress, postPlan } from './api.ts';
import examples from './examples.json' with { type: 'json' };
import type { ReadyPlan } from './model/answers.ts';
import { part } from './page-parts.ts';

type Work = (make: (tell: Progress) => Promise<ReadyPlan>) => Promise<void>;

export function bringTrees(work: Work): void {
  bringFiles(work);
  bringText(work);
  bringExamples(work);
}

function bringFiles(work: Work): void {
  const file = part<HTMLInputElement>('file');
  const send = (chosen: File | undefined): void => {
    if (chosen) void work((tell) => postPlan(chosen, 'application/octet-stream', tell));
  };
  file.addEventListener('change', () => send(file.files?.[0]));
  const drop = part('drop');
  for (const name of ['dragenter', 'dragover']) {
    addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  addEventListener('dragleave', () => drop.classList.remove('over'));
  addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    send(event.dataTransfer?.files[0]);
  });
}

function bringText(work: Work): void {
  part('paste').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = part<HTMLTextAreaElement>('tree').value.trim();
    if (text !== '') void work((tell) => postPlan(new Blob([text]), typeOf(text), tell));
  });
}

/** JSON is one value; NDJSON is one a line. */
function typeOf(text: string): string {
  try {
    JSON.parse(text);
    return 'application/json';
  } catch {
    return text.includes('\n{') ? 'application/x-ndjson' : 'application/json';
  }
}

function bringExamples(work: Work): void {
  const choice = part<HTMLSelectElement>('example');
  const about = part('example-about');
  for (const { name, title } of examples) choice.add(new Option(title, name));
  const chosen = () => examples.find(({ name }) => name === choice.value) ?? examples[0]!;
  const say = (): void => {
    about.textContent = chosen().about;
  };
  choice.addEventListener('change', say);
  say();
  part('example-form').addEventListener('submit', (event) => {
    event.preventDefault();
    void work((tell) => postPlan(JSON.stringify(chosen().image), 'application/json', tell));
  });
}
