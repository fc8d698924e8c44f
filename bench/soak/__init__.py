"""A long run of everything at once: clinicians at work, an attacker at each door, and a Supabase that fails."""
