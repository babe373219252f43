#!/usr/bin/env python3
"""Scores extracted articles against pages whose article is known.

Usage: score_pages.py PAGES SYSTEM.jsonl [--min-f1 F] [--min-title T] [--only FILE] [--per-page]

PAGES holds a folder a page, as Readability's test pages do: source.html, expected.html (the
article) and expected-metadata.json (its title). SYSTEM.jsonl (or - for standard input) holds a line
a page, what `wirefold normalize --json PAGES/*/source.html` prints: {"path", "title", "text"}; the
last folder of the path names the page.

  words   of NFKC-casefolded text: a character of a script without spaces (Han, kana; Hangul is
          spaced) is a word; other runs of letters, digits and marks are.
  F1      of the words as multisets, ours against expected.html's; mean over pages
  title   equal after NFKC and white space folding; of the pages whose metadata name one

A page without a line scores 0. Exit code 1 if a mean is under its threshold, 2 for bad arguments.
--only FILE scores the pages that FILE names, one a line; --per-page prints each page's figures.
"""

import argparse
import collections
import html.parser
import json
import pathlib
import sys
import unicodedata

# Elements that don't part words.
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd label mark q s samp small "
    "span strike strong sub sup time tt u var wbr".split())
SKIPPED = frozenset("script style noscript template svg math title head".split())
VOID = frozenset("br hr img input link meta source area col embed track wbr".split())


class TextReader(html.parser.HTMLParser):
    """The text of a page: a space at every boundary of an element that is not inline."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []
        self.skipped = 0

    def handle_starttag(self, tag, attrs):
        if tag in SKIPPED:
            self.skipped += 1
        elif tag not in INLINE:
            self.parts.append(" ")

    def handle_startendtag(self, tag, attrs):
        if tag not in INLINE:
            self.parts.append(" ")

    def handle_endtag(self, tag):
        if tag in SKIPPED:
            self.skipped = max(0, self.skipped - 1)
        elif tag not in INLINE:
            self.parts.append(" ")

    def handle_data(self, data):
        if not self.skipped:
            self.parts.append(data)


def text_of(markup):
    reader = TextReader()
    reader.feed(markup)
    reader.close()
    return "".join(reader.parts)


def is_word_by_itself(char):
    code = ord(char)
    return (0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x4DBF or 0x4E00 <= code <= 0x9FFF or
            0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF)


def words_of(text):
    words = collections.Counter()
    word = []
    for char in unicodedata.normalize("NFKC", text).casefold():
        inside = unicodedata.category(char)[0] in "LNM"
        alone = inside and is_word_by_itself(char)
        if word and (alone or not inside):
            words["".join(word)] += 1
            word = []
        if alone:
            words[char] += 1
        elif inside:
            word.append(char)
    if word:
        words["".join(word)] += 1
    return words


def fold(line):
    return " ".join(unicodedata.normalize("NFKC", line or "").split())


def score(expected, found):
    """(precision, recall, F1) of the words; both empty is a perfect match."""
    common = sum((expected & found).values())
    wanted, got = sum(expected.values()), sum(found.values())
    if wanted == 0 and got == 0:
        return 1.0, 1.0, 1.0
    precision = common / got if got else 0.0
    recall = common / wanted if wanted else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


def mean(values):
    return sum(values) / len(values) if values else 0.0


def read_system(name):
    stream = sys.stdin if name == "-" else open(name, encoding="utf-8")
    with stream:
        lines = [json.loads(line) for line in stream if line.strip()]
    return {pathlib.PurePosixPath(line["path"]).parent.name: line for line in lines}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=pathlib.Path)
    parser.add_argument("system")
    parser.add_argument("--min-f1", type=float, default=0.0)
    parser.add_argument("--min-title", type=float, default=0.0)
    parser.add_argument("--only", type=pathlib.Path)
    parser.add_argument("--per-page", action="store_true")
    options = parser.parse_args()

    system = read_system(options.system)
    folders = sorted(p.parent for p in options.pages.glob("*/expected.html"))
    if options.only:
        names = set(options.only.read_text(encoding="utf-8").split())
        folders = [folder for folder in folders if folder.name in names]
    if not folders:
        parser.error(f"{options.pages} holds no page with an expected.html")

    scores, titles, missing = [], [], 0
    for folder in folders:
        found = system.get(folder.name)
        missing += found is None
        found = found or {}
        expected = text_of((folder / "expected.html").read_text(encoding="utf-8"))
        result = score(words_of(expected), words_of(found.get("text") or ""))
        scores.append(result)
        metadata = json.loads((folder / "expected-metadata.json").read_text(encoding="utf-8"))
        title = fold(metadata.get("title"))
        right = fold(found.get("title")) == title
        if title:
            titles.append(right)
        if options.per_page:
            print("%-44s precision %.3f recall %.3f F1 %.3f%s" %
                  (folder.name, *result, "" if right or not title else "  title"))
    f1, title = mean([s[2] for s in scores]), mean(titles)
    print("pages %d  precision %.4f  recall %.4f  F1 %.4f  title %.4f of %d  missing %d" %
          (len(scores), mean([s[0] for s in scores]), mean([s[1] for s in scores]), f1, title,
           len(titles), missing))
    return 0 if f1 >= options.min_f1 and title >= options.min_title else 1


if __name__ == "__main__":
    sys.exit(main())
