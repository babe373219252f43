"""Whole HTML pages: the article's words and title against Readability's test pages.

Needs WIREFOLD_TEST_DATA, the folder of the unpacked real files; says so and skips without it.
"""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
DATA = os.environ.get('WIREFOLD_TEST_DATA')
SKIPPED = 77


def main():
    if not DATA:
        print('skipped: WIREFOLD_TEST_DATA is not set')
        return SKIPPED
    pages = pathlib.Path(DATA) / 'suites/readability/test-pages'
    command = os.path.join(os.environ['WIREFOLD_BIN'], 'wirefold')
    normalized = subprocess.run([command, 'normalize', '--json', *sorted(pages.glob('*/source.html'))],
                                stdout=subprocess.PIPE, check=False)
    scored = subprocess.run([sys.executable, HERE / 'score_pages.py', pages, '-', '--min-f1', '0.94',
                             '--min-title', '0.85'], input=normalized.stdout, check=False)
    return scored.returncode


if __name__ == '__main__':
    sys.exit(main())
