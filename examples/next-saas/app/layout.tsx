import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import './style.css';

export const metadata: Metadata = {
  title: 'Jobs',
  description: 'A small SaaS application on Ferrobase',
  icons: { icon: 'data:,' },
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <header>
          <Link href="/">Jobs</Link>
        </header>
        <main>{children}</main>
      </body>
    </html>
  );
}
