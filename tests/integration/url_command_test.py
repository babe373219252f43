"""`wirefold url --json` on the labelled URLs: the exact form, pairs that share a key or don't, what
is refused, and percent-encoded spellings beside raw ones.

Needs WIREFOLD_TEST_DATA, the folder of the unpacked real files; says so and skips without it.
"""
import json
import os
import re
import sys
import unittest

from harness import wirefold

DATA = os.environ.get('WIREFOLD_TEST_DATA')
SKIPPED = 77
ESCAPES = {'t': '\t', 'n': '\n', 'r': '\r', '\\': '\\'}


def unescape(cell):
    return re.sub(r'\\(?:([tnr\\])|u([0-9a-fA-F]{4}))',
                  lambda m: ESCAPES[m[1]] if m[1] else chr(int(m[2], 16)), cell)


def rows(name):
    with open(os.path.join(DATA, name), encoding='utf8', newline='\n') as table:
        return [[unescape(cell) for cell in line.rstrip('\n').split('\t')] for line in table]


def canonical(inputs):
    """The command's answer to each input: one a line on standard input, or, with a line end in it,
    as an argument."""
    lines = [text for text in inputs if '\n' not in text]
    done = wirefold('url', '--json', '-', input='\n'.join(lines).encode() + b'\n')
    answers = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        answers[answer['input']] = answer
    for text in inputs:
        if '\n' in text:
            answers[text] = json.loads(wirefold('url', '--json', '--', text).stdout)
    return [answers[text] for text in inputs]


class UrlCommand(unittest.TestCase):
    def passed(self, name, verdicts):
        wrong = [row for row, right in verdicts if not right]
        print(f'{name}: {len(verdicts) - len(wrong)} of {len(verdicts)} passed')
        self.assertEqual(wrong, [])
        self.assertTrue(verdicts)

    def table(self, name):
        """The rows below the heading, if there is one."""
        table = rows(name)
        return table if table[0][0].startswith('http') else table[1:]

    def test_canonical(self):
        table = self.table('url_canonical.tsv')
        answers = canonical([row[0] for row in table])
        self.passed('url_canonical.tsv', [((row, answer), answer['url'] == row[1])
                                          for row, answer in zip(table, answers)])

    def test_key_pairs(self):
        table = self.table('url_key_pairs.tsv')
        answers = canonical([cell for row in table for cell in row[:2]])
        verdicts = []
        for row, a, b in zip(table, answers[::2], answers[1::2]):
            self.assertTrue(a['url_key'] and b['url_key'], row)
            verdicts.append(((row, a, b), (a['url_key'] == b['url_key']) == (row[2] == 'same')))
        self.passed('url_key_pairs.tsv', verdicts)

    def test_reject(self):
        table = self.table('url_reject.tsv')
        answers = canonical([row[0] for row in table])
        self.passed('url_reject.tsv',
                    [((row, answer), answer['url'] is None and bool(answer['error']))
                     for row, answer in zip(table, answers)])

    def test_percent_and_iri(self):
        table = [row for row in rows('news_zh_url_percent_and_iri.tsv') if row[0].startswith('http')]
        answers = canonical([cell for row in table for cell in row[:2]])
        self.passed('news_zh_url_percent_and_iri.tsv',
                    [((row, a, b), a['url_key'] and a['url_key'] == b['url_key'])
                     for row, a, b in zip(table, answers[::2], answers[1::2])])


if __name__ == '__main__':
    if not DATA:
        print('WIREFOLD_TEST_DATA is not set: it names the folder with the real files, which are not '
              'in the repository')
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
