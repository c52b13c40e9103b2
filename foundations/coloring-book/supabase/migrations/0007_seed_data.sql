-- 7. The product's configuration. Switches are public: they are needed before signing in.

insert into public.global_config (key, value, description, is_public) values
    ('generation_enabled', 'true', 'Master switch for generation', true),
    ('export_enabled', 'true', 'Master switch for exports', true),
    ('signup_enabled', 'true', 'Allow new signups', true),
    ('maintenance_mode', 'false', 'Show maintenance page', true),
    ('rate_limits', '{"generation": 5, "export": 10}', 'Rate limit config', false),
    ('safety_thresholds', '{
        "toddler": {"violence": 0.05, "sexual": 0.01},
        "children": {"violence": 0.10, "sexual": 0.05},
        "tween": {"violence": 0.20, "sexual": 0.10},
        "teen": {"violence": 0.30, "sexual": 0.15},
        "adult": {"violence": 0.50, "sexual": 0.30}
    }', 'Safety thresholds by audience', false);
