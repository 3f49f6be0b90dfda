import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { sentenceOf } from "../api/http";

/** Something sent to the server from a place of the room: only one at a time, and its refusal is told there. */
export interface Attempt {
  readonly busy: Signal<boolean>;
  readonly problem: Signal<string>;
  readonly run: (act: () => Promise<void> | void) => Promise<void>;
}

export function useAttempt(): Attempt {
  const busy = useSignal(false);
  const problem = useSignal("");
  const run = async (act: () => Promise<void> | void): Promise<void> => {
    busy.value = true;
    problem.value = "";
    try {
      await act();
    } catch (error) {
      problem.value = sentenceOf(error);
    } finally {
      busy.value = false;
    }
  };
  return { busy, problem, run };
}

/** Why the last attempt was refused. */
export function Problem({ of }: { readonly of: Signal<string> }) {
  if (!of.value) return null;
  return (
    <p class="hr-problem" role="alert">
      {of.value}
    </p>
  );
}

interface SendFormProps {
  readonly send: () => Promise<void>;
  readonly children: ComponentChildren;
  /** What stands below the problem, with the button that sends. */
  readonly foot: (busy: boolean) => ComponentChildren;
}

/** A form of the room; what is written in it stays until the server has it. */
export function SendForm({ send, children, foot }: SendFormProps) {
  const attempt = useAttempt();
  return (
    <form
      class="hr-editor"
      onSubmit={(event) => {
        event.preventDefault();
        void attempt.run(send);
      }}
    >
      {children}
      <Problem of={attempt.problem} />
      {foot(attempt.busy.value)}
    </form>
  );
}

interface SendButtonProps {
  readonly busy: boolean;
  readonly children: ComponentChildren;
}

export function SendButton({ busy, children }: SendButtonProps) {
  return (
    <button type="submit" class="button primary" disabled={busy}>
      {children}
    </button>
  );
}
