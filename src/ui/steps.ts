import {
  QuickInputButtons,
  window,
  type InputBox,
  type QuickInput,
  type QuickInputButton,
  type QuickPick,
  type QuickPickItem,
} from 'vscode';

/** The answer of who wants to see the question before again. */
export const BACK = Symbol('back');

/** What a question gives: an answer, the way back, or nothing where the person leaves. */
export type Answer<T> = T | typeof BACK | undefined;

/** The title of a question, and which of how many it is; without a number there is something to go back to. */
export interface Frame {
  readonly title: string;
  readonly step?: number;
  readonly totalSteps?: number;
}

/** One question of several. It takes the answers so far and gives them with its own. */
export interface Step<A> {
  /** Absent where it is always asked. */
  readonly isWanted?: (answers: A) => boolean;
  readonly ask: (answers: A, frame: Frame) => Promise<Answer<A>>;
}

/** Asks one question after the other, forth and back, or from the last one; nothing where the person leaves. */
export async function askInSteps<A>(
  title: string,
  steps: readonly Step<A>[],
  given: A,
  begin: 'first' | 'last' = 'first',
): Promise<A | undefined> {
  let answers = given;
  const wantedNow = () => steps.filter(({ isWanted }) => isWanted?.(answers) ?? true);
  let step = begin === 'first' ? 1 : wantedNow().length;
  for (;;) {
    const wanted = wantedNow();
    const next = wanted[step - 1];
    if (next === undefined) return answers;
    const answer = await next.ask(answers, { title, step, totalSteps: wanted.length });
    if (answer === undefined) return undefined;
    step += answer === BACK ? -1 : 1;
    if (answer !== BACK) answers = answer;
  }
}

/** A question for a text. */
export interface TextQuestion {
  readonly prompt: string | ((text: string) => string);
  readonly value: string;
  readonly placeHolder?: string;
  /** What is wrong with a text, as a sentence; nothing where it will do. */
  readonly problemOf: (text: string) => string | undefined;
}

/** Asks for a text. */
export async function askForText(frame: Frame, question: TextQuestion): Promise<Answer<string>> {
  const { prompt, value, placeHolder = '', problemOf } = question;
  const box = window.createInputBox();
  Object.assign(box, frame, { value, placeholder: placeHolder, ignoreFocusOut: true });
  const look = (text: string) => {
    const problem = problemOf(text);
    box.prompt = typeof prompt === 'string' ? prompt : prompt(text);
    // What is missing is not wrong before anything is typed.
    box.validationMessage = text === '' ? undefined : problem;
    return problem;
  };
  look(value);
  box.onDidChangeValue(look);
  return await answerOn(box, frame, (done) => {
    box.onDidAccept(() => {
      const problem = look(box.value);
      if (problem === undefined) done(box.value);
      else box.validationMessage = problem;
    });
  });
}

/** A question for one of several things. */
export interface ChoiceQuestion<T extends QuickPickItem> {
  readonly items: readonly T[];
  readonly placeHolder: string;
  /** The one that is offered first. */
  readonly active?: ((item: T) => boolean) | undefined;
}

/** Asks for one of several things. */
export async function askForOne<T extends QuickPickItem>(
  frame: Frame,
  question: ChoiceQuestion<T>,
): Promise<Answer<T>> {
  const pick = pickOn(frame, question);
  return await answerOn(pick, frame, (done) => {
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen !== undefined) done(chosen);
    });
  });
}

/** Asks for any number of things; those that are `picked` are ticked. */
export async function askForSome<T extends QuickPickItem>(
  frame: Frame,
  question: ChoiceQuestion<T>,
): Promise<Answer<readonly T[]>> {
  const pick = pickOn(frame, question);
  pick.canSelectMany = true;
  pick.selectedItems = question.items.filter(({ picked }) => picked === true);
  return await answerOn<readonly T[]>(pick, frame, (done) => {
    pick.onDidAccept(() => {
      done(pick.selectedItems);
    });
  });
}

function pickOn<T extends QuickPickItem>(
  frame: Frame,
  { items, placeHolder, active }: ChoiceQuestion<T>,
): QuickPick<T> {
  const pick = window.createQuickPick<T>();
  Object.assign(pick, frame, { placeholder: placeHolder, ignoreFocusOut: true });
  pick.matchOnDescription = true;
  pick.items = items;
  if (active !== undefined) pick.activeItems = items.filter(active);
  return pick;
}

/** Shows a question until it is answered, or the person goes back or leaves. */
async function answerOn<T>(
  input: QuickInput & {
    buttons: readonly QuickInputButton[];
    readonly onDidTriggerButton: InputBox['onDidTriggerButton'];
  },
  { step }: Frame,
  listen: (done: (answer: T) => void) => void,
): Promise<Answer<T>> {
  if (step === undefined || step > 1) input.buttons = [QuickInputButtons.Back];
  try {
    return await new Promise<Answer<T>>((resolve) => {
      listen(resolve);
      input.onDidTriggerButton(() => {
        resolve(BACK);
      });
      input.onDidHide(() => {
        resolve(undefined);
      });
      input.show();
    });
  } finally {
    input.dispose();
  }
}
