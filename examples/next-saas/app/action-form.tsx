'use client';

import { useActionState, type ReactNode } from 'react';
import type { FormState } from './actions.ts';

type Action = (state: FormState, form: FormData) => Promise<FormState>;

/** A form that shows why it was refused. It works without JavaScript too. */
export function ActionForm({ action, submit, children }: { action: Action; submit: string; children: ReactNode }) {
  const [state, send, pending] = useActionState(action, {});
  return (
    <form action={send}>
      {children}
      {state.error && (
        <p className="error" role="alert">
          {state.error}
        </p>
      )}
      <button disabled={pending}>{submit}</button>
    </form>
  );
}
