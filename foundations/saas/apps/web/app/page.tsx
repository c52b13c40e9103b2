import { createClient } from '@/lib/supabase/server.ts';

/** Who is asking, and what the database lets them see: proof that the wiring works. */
export default async function Home() {
  const supabase = await createClient();
  const {
    data: { user },
  } = await supabase.auth.getUser();
  if (!user) return <p>Nobody is signed in.</p>;

  const { data: profile, error } = await supabase.from('users').select('email, subscription_tier').single();
  if (error) throw error;
  return (
    <p>
      {profile.email} is on the {profile.subscription_tier} tier.
    </p>
  );
}
