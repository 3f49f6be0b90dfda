from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, UtcDateTime


class ViewerPreference(Base):
    """One setting of a person or, as the default of its people, of a hospital; `owner_id` is either's id.

    `name` is one of schemas.PREFERENCES, and `value` was checked against its schema when it was set.
    """

    __tablename__ = "viewer_preference"

    owner_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
