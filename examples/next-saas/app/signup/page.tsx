import Link from 'next/link';
import { ActionForm } from '../action-form.tsx';
import { signUp } from '../actions.ts';

export default function SignUp() {
  return (
    <section className="card narrow">
      <h1>Sign up</h1>
      <ActionForm action={signUp} submit="Sign up">
        <label>
          Name
          <input name="name" autoComplete="name" required />
        </label>
        <label>
          E-mail
          <input name="email" type="email" autoComplete="email" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="new-password" minLength={6} required />
        </label>
      </ActionForm>
      <p className="quiet">
        Already here? <Link href="/login">Sign in</Link>
      </p>
    </section>
  );
}
