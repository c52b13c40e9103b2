import Link from 'next/link';
import { ActionForm } from '../action-form.tsx';
import { signIn } from '../actions.ts';

export default function Login() {
  return (
    <section className="card narrow">
      <h1>Sign in</h1>
      <ActionForm action={signIn} submit="Sign in">
        <label>
          E-mail
          <input name="email" type="email" autoComplete="email" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
      </ActionForm>
      <p className="quiet">
        No account yet? <Link href="/signup">Sign up</Link>
      </p>
    </section>
  );
}
