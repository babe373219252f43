#!/usr/bin/env python3
"""Draws precision against recall, of our score and of the thresholds that would be simpler.

Usage: plot_scores.py FEATURES.tsv SCORES.txt >docs/precision_recall.svg

FEATURES is what pair_features prints, SCORES what pair_scores prints, both of one table of labelled
pairs. A curve is what one threshold on the score, on containment or on Jaccard would reach, wherever
it is set; the dot on it is the best F1. The ring is the whole pipeline, candidates and stories and
all. D are to be found, T and R are not; U and G are left out. On the left all pairs, on the right
those of which the judge was sure. Needs nothing but Python's standard library.
"""
import re
import sys

WIDTH, HEIGHT = 760, 400
PANEL, TOP, LEFT = 310, 44, 54  # a panel's side, above it, left of the first
LOW = .4  # where the axis of precision begins
# Name, column of FEATURES, colour, dashes.
CURVES = [('Jaccard', 13, '#767676', '2 3'), ('containment', 14, '#b8590b', '7 3'),
          ('our score', 16, '#0b5cad', '')]


def read_features(path):
    with open(path, encoding='utf-8') as lines:
        rows = [line.rstrip('\n').split('\t') for line in lines]
    return [row for row in rows if row[0][:1] in 'DTR']


def read_pipeline(path):
    """The precision and recall of the first line that begins with all, and with sure."""
    points = {}
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            found = re.match(r' {4}(all|sure) +precision ([0-9.]+) +recall ([0-9.]+)', line)
            if found:
                points.setdefault(found[1], (float(found[2]), float(found[3])))
    return points


def curve(rows, column):
    """Precision, recall and threshold wherever the threshold lets one more pair in."""
    values = sorted(((int(row[column]), row[0][:1] == 'D') for row in rows), reverse=True)
    wanted = sum(is_copy for _, is_copy in values)
    points, right = [], 0
    for i, (value, is_copy) in enumerate(values):
        right += is_copy
        if i + 1 == len(values) or values[i + 1][0] != value:
            points.append((right / (i + 1), right / max(1, wanted), value / 1e6))
    return points


def f1(point):
    precision, recall = point[:2]
    return 2 * precision * recall / max(1e-9, precision + recall)


class Svg:
    def __init__(self):
        self.parts = [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" '
            'font-family="sans-serif" font-size="12" fill="#222">' % (WIDTH, HEIGHT, WIDTH, HEIGHT),
            '<title>Precision and recall of near-duplicate decisions</title>',
            '<rect width="%d" height="%d" fill="#fff"/>' % (WIDTH, HEIGHT)]

    def line(self, points, colour, width, dashes=''):
        self.parts.append(
            '<polyline fill="none" stroke="%s" stroke-width="%s"%s stroke-linejoin="round" '
            'points="%s"/>' % (colour, width, ' stroke-dasharray="%s"' % dashes if dashes else '',
                               ' '.join('%.1f,%.1f' % point for point in points)))

    def text(self, x, y, text, more=''):
        self.parts.append('<text x="%.1f" y="%.1f" %s>%s</text>' % (x, y, more, text))

    def circle(self, x, y, radius, fill, stroke):
        self.parts.append('<circle cx="%.1f" cy="%.1f" r="%s" fill="%s" stroke="%s" '
                          'stroke-width="2"/>' % (x, y, radius, fill, stroke))


def draw_panel(svg, left, name, rows, pipeline):
    def at(recall, precision):
        return (left + recall * PANEL, TOP + (1 - (precision - LOW) / (1 - LOW)) * PANEL)

    copies = sum(row[0][:1] == 'D' for row in rows)
    svg.text(left, TOP - 18, '%s: %d copies, %d others' % (name, copies, len(rows) - copies),
             'font-weight="bold" font-size="13"')
    for tick in range(0, 11, 2):
        x, bottom = at(tick / 10, LOW)
        svg.line([(x, TOP), (x, bottom)], '#e4e4e4', 1)
        svg.text(x, bottom + 16, '%g' % (tick / 10), 'text-anchor="middle"')
    for tick in range(4, 11):
        x, y = at(0, tick / 10)
        svg.line([(x, y), (x + PANEL, y)], '#e4e4e4', 1)
        svg.text(x - 6, y + 4, '%g' % (tick / 10), 'text-anchor="end"')
    svg.text(left + PANEL / 2, TOP + PANEL + 34, 'recall', 'text-anchor="middle"')
    svg.parts.append('<rect x="%d" y="%d" width="240" height="86" fill="#fff"/>' %
                     (left + 6, TOP + PANEL - 110))
    for i, (label, column, colour, dashes) in enumerate(CURVES):
        points = curve(rows, column)
        best = max(points, key=f1)
        # Far to the left a curve rests on a handful of pairs.
        svg.line([at(r, p) for p, r, _ in points if p >= LOW], colour,
                 2.5 if not dashes else 1.8, dashes)
        svg.circle(*at(best[1], best[0]), 3.5, colour, colour)
        y = TOP + PANEL - 92 + 20 * i
        svg.line([(left + 12, y - 4), (left + 42, y - 4)], colour, 2.5 if not dashes else 1.8, dashes)
        svg.text(left + 50, y, '%s: best F1 %.3f at %.2f' % (label, f1(best), best[2]))
    if pipeline:
        y = TOP + PANEL - 92 + 60
        svg.circle(left + 27, y - 4, 5.5, 'none', '#111')
        svg.text(left + 50, y, 'the whole pipeline: F1 %.3f' % f1(pipeline))
        svg.circle(*at(pipeline[1], pipeline[0]), 5.5, 'none', '#111')


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    rows, pipeline = read_features(sys.argv[1]), read_pipeline(sys.argv[2])
    if not rows:
        sys.exit('%s holds no pairs labelled D, T or R' % sys.argv[1])
    svg = Svg()
    svg.text(16, TOP + PANEL / 2, 'precision',
             'text-anchor="middle" transform="rotate(-90 16 %d)"' % (TOP + PANEL / 2))
    draw_panel(svg, LEFT, 'All pairs', rows, pipeline.get('all'))
    draw_panel(svg, LEFT + PANEL + 60, 'Sure pairs', [row for row in rows if row[1] == 'h'],
               pipeline.get('sure'))
    print('\n'.join(svg.parts + ['</svg>']))


if __name__ == '__main__':
    main()
