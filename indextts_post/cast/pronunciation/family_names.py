"""Chinese family names that are read otherwise than the word, and where a family name really stands.

A word that merely may be a name (过 in 过敏, 华 in 华为) is none: there must be a title behind it, 姓 before it, or it
must begin the name of a character of the cast.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

SURNAMES = {
    "单": "shan4", "仇": "qiu2", "解": "xie4", "查": "zha1", "任": "ren2", "区": "ou1", "盖": "ge3", "曾": "zeng1",
    "华": "hua4", "朴": "piao2", "缪": "miao4", "尉迟": "yu4 chi2", "万俟": "mo4 qi2", "乐": "yue4", "燕": "yan1",
    "冼": "xian3", "召": "shao4", "折": "she2", "黑": "he4", "秘": "bi4", "员": "yun4", "翟": "zhai2",
    "种": "chong2", "逄": "pang2", "应": "ying1", "纪": "ji3", "过": "guo1", "哈": "ha3", "令狐": "ling2 hu2",
    "澹台": "tan2 tai2", "长孙": "zhang3 sun1", "宿": "su4", "卜": "bu3", "覃": "qin2", "佴": "nai4",
    "葛": "ge3", "柏": "bai3", "牟": "mou2", "卞": "bian4", "隗": "wei3", "乜": "nie4", "郗": "xi1", "晁": "chao2",
    "呼延": "hu1 yan2", "鲜于": "xian1 yu2", "夏侯": "xia4 hou2", "皇甫": "huang2 fu3",
}  # fmt: skip
"""Family names by their readings, in citation tones (Xiandai Hanyu Cidian)."""
_TITLES = (
    "先生|小姐|女士|太太|夫人|老师|同学|医生|大夫|教授|博士|经理|主任|总(?![是会要能得爱算之有共])|局长|处长|科长|部长|"
    "队长|校长|院长|行长|师傅|律师|警官|法官|将军|司令|老板|秘书|导演|编辑|记者|护士|姑娘|公子|大侠|掌门|"
    "家(?:大|的)?(?:少爷|小姐|公子)|[哥姐叔伯婶](?![们哥姐叔伯])|阿姨|大哥|大姐|大爷|大妈|教练|探长|所长|厂长|董(?=$|[，。！？、])"
)
_PEOPLE = "先生|小姐|女士|太太|夫人"
_COMMON_BEFORE_TITLES = {
    **dict.fromkeys("员折宿召", "^$"),
    **dict.fromkeys("过黑", _PEOPLE),
    "种": f"{_PEOPLE}|将军",
    "应": f"{_PEOPLE}|律师|医生|教授|总(?=$|[，。！？、])",
    "区": f"{_PEOPLE}|医生|教授",
}
"""Names whose character is mostly an ordinary word: titles that leave no doubt."""
_TITLE = re.compile(_TITLES)
_SHE_IS_CALLED = re.compile(r"(?<![百同异])姓$")
_NO_WORD_BEFORE = re.compile(r"(?:^|[^\u4e00-\u9fff]|[是叫找见请问跟和与向给对为让的老小这那位])$")


def family_names(text: str, cast: Collection[str] = ()) -> Iterator[tuple[int, str, str]]:
    """(index, name, reading) of every family name of the table in `text`. `cast` are the characters' names."""
    for index in range(len(text)):
        for length in (2, 1):
            name = text[index : index + length]
            if name in SURNAMES and _stands(text, index, name, cast):
                yield index, name, SURNAMES[name]
                break


def _stands(text: str, index: int, name: str, cast: Collection[str]) -> bool:
    left, right = text[:index], text[index + len(name) :]
    if _SHE_IS_CALLED.search(left):
        return True
    if any(len(who) > len(name) and who.startswith(name) and text.startswith(who, index) for who in cast):
        return True
    titled = re.match(_COMMON_BEFORE_TITLES[name], right) if name in _COMMON_BEFORE_TITLES else _TITLE.match(right)
    return titled is not None and (len(name) > 1 or _NO_WORD_BEFORE.search(left) is not None)
