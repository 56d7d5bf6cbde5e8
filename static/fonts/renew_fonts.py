"""Make the subset fonts of this folder again from Debian's packages.

    python static/fonts/renew_fonts.py --noto DIR --fandol DIR --unihan DIR

``--noto`` holds NotoSerifCJK-*.ttc and NotoSansCJK-Regular.ttc (package fonts-noto-cjk),
``--fandol`` FandolFang-Regular.otf and FandolKai-Regular.otf (package texlive-lang-chinese,
unpacked with ``dpkg-deb -x``, nothing of TeX is installed), ``--unihan`` the Unihan files
(package unicode-data), from which the 8,105 characters of 通用规范汉字表 are read.

The result depends on the sources and on the version of fontTools alone: the same sources give
the same bytes. README.md holds the versions and the sha256 of what is committed; this script
prints its table.
"""

from __future__ import annotations

import argparse
import bz2
import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.cffLib.specializer import specializeProgram
from fontTools.misc.timeTools import timestampFromString
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).resolve().parent

#: What papers use beside Chinese characters: punctuation, brackets, lights, units, numbering.
SYMBOLS = (
    "".join(chr(code) for code in range(0x20, 0x7F))
    + "\u00a0 ¥§©®°±²³·×÷‐‑–—―‖‘’“”†‡•‥…‰′″※‾€℃℅ℓ№™ΩⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ←↑→↓↗↘∞√∑∏−≈≠≡≤≥"
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽"
    "■□▲△▼▽◆◇○◎●★☆✓✔✗"
    "、。〃々〇〈〉《》「」『』【】〒〔〕〖〗㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩㎎㎏㎜㎝㎞㎡㏄㎥"
    "！＂＃＄％＆＇（）＊＋，－．／：；＜＝＞？＠［＼］＾＿｀｛｜｝～￥"
)

#: The em dash of the page number and the quotation marks are full width in the SC faces.
FEATURES = ["ccmp", "kern", "locl", "halt"]


@dataclass(frozen=True)
class Face:
    """One committed face: the file, where it comes from and which characters it keeps."""

    target: str
    source: str
    origin: str  # "noto" or "fandol"
    wide: bool = True  # GB2312 and 通用规范汉字表; otherwise GB2312 alone
    latin: bool = True  # Fandol's Latin is a heavy sans: figures come from 宋体 instead


#: Forms outside 通用规范汉字表 that older names still carry; only the face of last resort has them.
NAME_FORMS = (
    "昇陞峯羣淸珎喦嵗鍾鈺錡錦銘鋒鎮鑑鑒傑勛勳國華榮禎禛龍鳳麗蘭雲葉劉張陳楊黃趙吳孫馬鄭許賀瀅瑩燁煒曄偉衛"
    "鴻鵬鶴鷹慶廣東興業義禮賢德寶寳貴財發強彊剛勝聖學書畫詩靜潔純麟驥駿騰飛揚輝煥炅燦爛熾顯曉時遠達運連進遷"
    "瓊瓏璽環珮琹瑠璉珪玨璿瑒琍琺囍堦壽夢嬌婭媛嫻孌寧審尋導峽嶽嶺巖帥師幹廬彥徹憶懷應戰護攬擇據晉暉暢曆會朧"
    "條棟榆樂樞樸樹橋機檜權歡歲毅氣沖決況涇淨淵淥淩淪湧湯溫滄漢漣漸潁潤澤濤濱瀾烏無煙爾牆獻琿甯畢異當疇"
)

FACES = (
    Face("song-bold.otf", "NotoSerifCJK-Bold.ttc", "noto", wide=False),
    Face("song.otf", "NotoSerifCJK-Regular.ttc", "noto"),
    Face("hei.otf", "NotoSansCJK-Regular.ttc", "noto", wide=False),
    Face("fangsong.otf", "FandolFang-Regular.otf", "fandol", latin=False),
    Face("kai.otf", "FandolKai-Regular.otf", "fandol", latin=False),
)
LATIN = {chr(code) for code in range(0x21, 0x7F)}

#: One box for all faces, so that a character of another face moves no line.
ASCENT, DESCENT = 880, -120


def double_byte(codec: str, low: int) -> set[str]:
    """Every character that two bytes of ``codec`` stand for, the first from ``low`` on."""
    found = set()
    for first in range(low, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                character = bytes((first, second)).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(character) == 1:
                found.add(character)
    return found


def general_standard(unihan: Path) -> set[str]:
    """The 8,105 characters of 通用规范汉字表 (2013), from Unihan's property kTGH."""
    pattern = re.compile(r"^U\+([0-9A-F]+)\tkTGH\t", re.MULTILINE)
    found: set[str] = set()
    for path in sorted(unihan.glob("Unihan_*.txt*")):
        data = path.read_bytes()
        text = (bz2.decompress(data) if path.suffix == ".bz2" else data).decode()
        found.update(chr(int(code, 16)) for code in pattern.findall(text))
    if len(found) != 8105:
        raise SystemExit(f"Unihan gives {len(found)} characters of 通用规范汉字表, 8105 expected")
    return found


def simplified_face(path: Path) -> TTFont:
    """The Simplified Chinese face of a collection, or the font itself."""
    if path.suffix != ".ttc":
        return TTFont(path)
    for font in TTCollection(path).fonts:
        if str(font["name"].getDebugName(1)).endswith("CJK SC"):
            return font
    raise SystemExit(f"{path.name} has no Simplified Chinese face")


def shrink_outlines(font: TTFont) -> None:
    """Write each outline with the shortest operators; Fandol's are spelled out in full."""
    top: Any = font["CFF "].cff.topDictIndex[0]
    for name in top.charset:
        charstring, _ = top.CharStrings.getItemAndSelector(name)
        charstring.decompile()
        private = charstring.private
        charstring.program = specializeProgram(
            charstring.program,
            getNumRegions=None,
            maxstack=48,
        )
        charstring.private = private


def even_metrics(font: TTFont) -> None:
    """Give the face the common ascent and descent; every source has 1000 units to the em."""
    line, system = font["hhea"], font["OS/2"]
    line.ascent = system.sTypoAscender = system.usWinAscent = ASCENT
    line.descent = system.sTypoDescender = DESCENT
    system.usWinDescent = -DESCENT
    line.lineGap = system.sTypoLineGap = 0


def renew(face: Face, folder: Path, characters: set[str]) -> str:
    """Write one face, say its line for README.md."""
    source = folder / face.source
    font = simplified_face(source)
    version = str(font["name"].getDebugName(5)).split(";")[0]
    options = subset.Options(
        layout_features=FEATURES,
        hinting=False,
        desubroutinize=face.origin == "fandol",
        notdef_outline=True,
        name_IDs=[0, 1, 2, 4, 5, 6, 13, 14],
        name_languages=[0x409],
        drop_tables=["BASE", "VORG", "vhea", "vmtx", "DSIG", "GlyphOrder"],
        recalc_timestamp=False,
        canonical_order=True,
    )
    worker = subset.Subsetter(options)
    kept = characters if face.latin else characters - LATIN
    worker.populate(text="".join(sorted(kept)))
    worker.subset(font)
    if face.origin == "fandol":
        shrink_outlines(font)
    even_metrics(font)
    font["head"].created = font["head"].modified = timestampFromString("Wed Jan  1 00:00:00 2025")
    target = HERE / face.target
    font.save(target, reorderTables=True)
    data = target.read_bytes()
    return (
        f"| `{face.target}` | {face.source} | {version} | {len(font.getBestCmap())} "
        f"| {len(data):,} | `{hashlib.sha256(data).hexdigest()}` "
        f"| `{hashlib.sha256(source.read_bytes()).hexdigest()}` |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the subset fonts again.")
    parser.add_argument("--noto", type=Path, required=True)
    parser.add_argument("--fandol", type=Path, required=True)
    parser.add_argument("--unihan", type=Path, required=True)
    given = parser.parse_args()
    narrow = double_byte("gb2312", 0xA1) | set(SYMBOLS)
    wide = narrow | general_standard(given.unihan) | set(NAME_FORMS)
    for face in FACES:
        folder = given.noto if face.origin == "noto" else given.fandol
        sys.stdout.write(renew(face, folder, wide if face.wide else narrow) + "\n")


if __name__ == "__main__":
    main()
