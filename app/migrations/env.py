"""Alembic's entry: runs on the connection that app.main.migrate hands over."""

from alembic import context

from app.migrations.models import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=False,
    transactional_ddl=True,  # SQLite has it, once the driver leaves BEGIN to us
    transaction_per_migration=connection.dialect.name != "sqlite",
    include_name=context.config.attributes.get("include_name"),
    user_module_prefix="db.",
)
with context.begin_transaction():
    context.run_migrations()
