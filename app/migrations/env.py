"""Alembic's entry: runs on the connection that app.main.migrate hands over."""

from alembic import context

from app.migrations.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=False,
    transaction_per_migration=True,
    include_name=context.config.attributes.get("include_name"),
    user_module_prefix="db.",
)
with context.begin_transaction():
    context.run_migrations()
