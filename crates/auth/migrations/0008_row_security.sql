-- Row security without policies: nobody but the owner and roles that bypass it sees a row,
-- whatever is granted later by mistake. (The default privileges of 0001 gave `postgres` the rest.)

alter table auth.users enable row level security;
alter table auth.identities enable row level security;
alter table auth.one_time_tokens enable row level security;
alter table auth.sessions enable row level security;
alter table auth.refresh_tokens enable row level security;
alter table auth.mfa_amr_claims enable row level security;
alter table auth.mfa_factors enable row level security;
alter table auth.mfa_challenges enable row level security;
alter table auth.flow_state enable row level security;
alter table auth.sso_providers enable row level security;
alter table auth.sso_domains enable row level security;
alter table auth.saml_providers enable row level security;
alter table auth.saml_relay_states enable row level security;
alter table auth.audit_log_entries enable row level security;
alter table auth.instances enable row level security;
alter table auth.schema_migrations enable row level security;

grant select on
  auth.users,
  auth.identities,
  auth.one_time_tokens,
  auth.sessions,
  auth.refresh_tokens,
  auth.mfa_amr_claims,
  auth.mfa_factors,
  auth.mfa_challenges,
  auth.flow_state,
  auth.sso_providers,
  auth.sso_domains,
  auth.saml_providers,
  auth.saml_relay_states,
  auth.audit_log_entries,
  auth.instances,
  auth.schema_migrations
to postgres with grant option;

revoke insert, update, delete, truncate on auth.schema_migrations from postgres, dashboard_user;
