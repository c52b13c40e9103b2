-- 2. The words of jobs. Everything else that has fixed words checks them on its column.

create type public.job_type as enum ('generation', 'export', 'hero_creation', 'calibration');
create type public.job_status as enum ('pending', 'processing', 'completed', 'failed', 'cancelled');
create type public.job_item_status as enum ('pending', 'processing', 'completed', 'failed', 'skipped');
