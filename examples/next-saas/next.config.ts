import type { NextConfig } from 'next';

const config: NextConfig = {
  // The foundation's clients are TypeScript sources.
  transpilePackages: ['@saas-foundation/web', '@saas-foundation/types'],
  turbopack: { root: import.meta.dirname },
  reactStrictMode: true,
  poweredByHeader: false,
};

export default config;
