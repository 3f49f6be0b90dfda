"""How a Vietnamese syllable is built: enough to tell a name from the same bytes read in a wrong character set.

A syllable is an onset, a rime and one tone. Rimes that end in c, ch, p or t take only two of the six tones.
"""

import re
import unicodedata

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STOPPED = frozenset("\u0301\u0323")
_ONSETS = (
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr",
    "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "q", "r", "s", "t", "v", "x", "",
)  # fmt: skip
_RIMES_WRITTEN = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu
    iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay
    oăc oăm oăn oăng oăt oe oen oeo oet ooc oong ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uêu uy uya uych uyên uyêt uynh uyt uyu
    uôc uôi uôm uôn uông uôt uơ ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu yt ych ynh êng uyp
"""
_RIMES = frozenset(_RIMES_WRITTEN.split())
_PLAIN_RIMES = frozenset(
    "".join(c for c in unicodedata.normalize("NFD", rime) if not unicodedata.combining(c)) for rime in _RIMES
)
_TONE_OF_A_CONSONANT = re.compile("[bcdđghklmnpqrstvx][\u0300\u0301\u0303\u0309\u0323]")
WORD = re.compile(r"[^\W\d_]+")
# Family names of nine people in ten, the commonest middle and given names: where two readings are both possible, the
# one with a name in it is meant.
_NAMES_WRITTEN = """
    nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đào đoàn vương trịnh trương lâm mai
    cao châu tô tạ hà lương thái tăng quách kiều nghiêm chu lưu đàm phùng hứa thạch mạc tống la lã lại lục triệu
    văn thị hữu đức công quang minh ngọc thanh xuân thu kim bích hồng thúy thùy đình bá gia khánh diệu mỹ như quốc
    trọng tuấn việt anh an ánh bảo bình chi chiến cường cúc cẩm dung dũng duy duyên dụng đạt điệp đông giang hạnh
    hải hằng hân hậu hiền hiếu hiệp hoa hoài hòa hoàn huệ huy hùng hưng hương hường huyền khải khang khoa khôi kiên
    kỳ lan liên linh loan lộc long lợi luân luyến mẫn mạnh mến mơ my na nam nga ngân nghĩa nguyên nguyệt nhàn nhân
    nhi nhung oanh phát phong phú phúc phụng phước phương phượng quân quế quý quyên quyết quỳnh sang sơn sáu tài
    tâm tân tấn thạnh thành thảo thắng thế thiện thịnh thơ thoa thuận thuỷ thủy thuý thương tiên tiến tín tình toàn
    toản trang trâm trí trinh trung trúc tú tùng tuyền tuyết tư út vân vi vinh vĩnh vượng vy xoan yến
"""
NAMES = frozenset(_NAMES_WRITTEN.split())


def is_syllable(word: str) -> bool:
    """Whether a word in any case can be Vietnamese, its accents included."""
    letters = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in letters if mark in _TONES]
    if len(tones) > 1 or _TONE_OF_A_CONSONANT.search(letters):
        return False
    bare = unicodedata.normalize("NFC", "".join(mark for mark in letters if mark not in _TONES))
    for onset in _ONSETS:
        rime = bare[len(onset) :]
        if bare.startswith(onset) and rime in _RIMES and not (onset == "qu" and rime[0] in "uưoô"):
            return not rime.endswith(("c", "ch", "p", "t")) or bool(tones and tones[0] in _STOPPED)
    return bare == "gi" or (bare.startswith("gi") and "i" + bare[2:] in _RIMES)


def may_be_unaccented(word: str) -> bool:
    """Whether a word without accents can be Vietnamese with its accents left out."""
    bare = word.lower()
    return any(bare.startswith(onset) and bare[len(onset) :] in _PLAIN_RIMES for onset in _ONSETS)
