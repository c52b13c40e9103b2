"""Python backend of the SaaS foundation."""
