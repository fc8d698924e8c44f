"""The way to Supabase."""
