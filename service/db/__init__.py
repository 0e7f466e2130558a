"""The one place that speaks SQL: tables, migrations, loading and saving."""
