/**
 * Answers in the order of their questions, of which several are under way at a time: those that wait for the disk do so together.
 *
 * In: questions as they come. Out: their answers, each as soon as it and all before it are there, whether or not another question
 * has come. At most `MOST` are under way; one that takes much is alone.
 */

export interface Question {
  /** Its answer is short, and soon there: others may be under way with it. */
  readonly isSmall: boolean;
  /** Never throws: what is wrong is an answer. */
  readonly answer: () => AsyncIterable<string>;
}

const MOST = 8;

export async function* sideBySide(questions: AsyncGenerator<Question>): AsyncGenerator<string> {
  const underWay: Promise<string>[] = [];
  try {
    for (let next = questions.next(); ; ) {
      const [first] = underWay;
      const come =
        underWay.length === MOST
          ? null
          : await Promise.race([next, ...(first ? [first.then(() => null)] : [])]);
      if (come === null) {
        yield await underWay.shift()!;
        continue;
      }
      if (!come.done && come.value.isSmall) underWay.push(whole(come.value.answer()));
      else {
        while (underWay.length > 0) yield await underWay.shift()!;
        if (come.done) return;
        yield* come.value.answer();
      }
      next = questions.next();
    }
  } finally {
    // Whoever asked may be gone in the middle of a question, which is then not waited for.
    void questions.return(undefined);
  }
}

async function whole(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}
