"""The demonstration's hospitals and people: invented names of an invented province."""

from dataclasses import dataclass

from app.base.actor import Role

DEVICE = "CT01"


@dataclass(frozen=True)
class Account:
    """Shown once, when the demonstration is made."""

    login: str
    password: str
    name: str
    hospital: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class DemonstrationHospital:
    name: str
    short_name: str
    slug: str
    ae_title: str


HOSPITALS = (
    DemonstrationHospital("Trung tâm Y tế huyện Đồng Xanh", "TTYT Đồng Xanh", "dong-xanh", "DONGXANH"),
    DemonstrationHospital("Bệnh viện Đa khoa tỉnh Lam Giang", "BVĐK Lam Giang", "lam-giang", "LAMGIANG"),
    DemonstrationHospital("Bệnh viện Đa khoa khu vực Cửa Sông", "BVĐK Cửa Sông", "cua-song", "CUASONG"),
)
_C, _R, _S, _T, _A, _P, _U = (
    Role.COORDINATOR,
    Role.REFERRER,
    Role.SPECIALIST,
    Role.TECHNICIAN,
    Role.HOSPITAL_ADMINISTRATOR,
    Role.PLATFORM_ADMINISTRATOR,
    Role.AUDITOR,
)
PEOPLE: tuple[tuple[str, str, str | None, frozenset[Role]], ...] = (
    ("hanh", "BS. Nguyễn Thị Hạnh", "dong-xanh", frozenset({_R})),
    ("tam", "KTV. Trần Văn Tâm", "dong-xanh", frozenset({_T, _A})),
    ("duc", "BSCKII. Lê Minh Đức", "lam-giang", frozenset({_S})),
    ("ha", "BSCKI. Phạm Thu Hà", "lam-giang", frozenset({_S, _A})),
    ("loan", "ĐD. Đỗ Thị Loan", "lam-giang", frozenset({_T, _U})),
    ("mai", "CN. Phan Thị Mai", "lam-giang", frozenset({_C})),
    ("bao", "BS. Võ Quốc Bảo", "cua-song", frozenset({_R})),
    ("yen", "KTV. Hồ Hải Yến", "cua-song", frozenset({_T, _A})),
    ("quantri", "Quản trị hệ thống", None, frozenset({_P})),
)
