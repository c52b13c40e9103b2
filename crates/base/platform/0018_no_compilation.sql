-- The same as in 0014, by the setting that execution plans do not show: a client that asks for a plan with settings is to see
-- what it would see without us. With no expression compiled, nothing is.
alter role authenticator reset jit;
alter role authenticator set jit_expressions = off;
