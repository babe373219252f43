#!/usr/bin/env python3
"""Fits the weights of CompareRules (lib/dedup/compare.h) on labelled pairs.

Usage: fit_weights.py FEATURES.tsv...

FEATURES are what pair_features prints. A logistic regression by Newton's method with a little ridge:
D is one story and T and R are not; U counts a quarter as one story and G a half as none, since readers
part them less surely; what the judge was sure of counts half as much again. The vetoes of the rules are
not fitted. Prints the weights in thousandths as the header has them, then precision, recall and F1 of D
against T and R: fitted, and cross-validated by outlet (five folds; a pair is left out with either of its
outlets). The first file's pairs are the ones that are cross-validated, the others join in the fits.
"""
import math
import random
import sys

NAMES = ['kIntercept', 'kRare', 'kFresh', 'kStretches', 'kHead', 'kSameDomain', 'kTitle', 'kApart']
WEIGHT = {'D': 1, 'U': .25, 'T': 1, 'R': 1, 'G': .5}


def read(path):
    pairs = []
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            f = line.rstrip('\n').split('\t')
            rare, fresh, stretches, head, title = (int(x) / 1e6 for x in f[4:9])
            same, days, figures, length = int(f[9]), int(f[10]), int(f[11]) / 1e6, int(f[12]) / 1e6
            needed = .75 if f[17] == '1' and title >= .6 else .5
            if days and int(f[18]) / 1e6 < .5:
                needed = .95
            pairs.append({
                'label': f[0][:1], 'sure': f[1] == 'h', 'domains': f[2:4],
                'x': [1, rare, fresh, stretches, head, same, title * fresh, min(days, 30) / 30],
                'veto': (same and figures < needed or
                         same and head < .03 and title < .5 or length < .25 and head < .2)})
    return pairs


def solve(a, b):
    n = len(b)
    m = [row[:] + [b[i]] for i, row in enumerate(a)]
    for c in range(n):
        p = max(range(c, n), key=lambda r: abs(m[r][c]))
        m[c], m[p] = m[p], m[c]
        for r in range(n):
            if r != c:
                k = m[r][c] / m[c][c]
                for j in range(c, n + 1):
                    m[r][j] -= k * m[c][j]
    return [m[i][n] / m[i][i] for i in range(n)]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def fit(pairs, ridge=1.0):
    n = len(NAMES)
    beta = [0.0] * n
    rows = [(p['x'], 1.0 if p['label'] in 'DU' else 0.0,
             WEIGHT[p['label']] * (1.5 if p['sure'] else 1)) for p in pairs if p['label'] in WEIGHT]
    for _ in range(50):
        gradient = [-(1e-3 if i == 0 else ridge) * beta[i] for i in range(n)]
        hessian = [[(1e-3 if i == 0 else ridge) if i == j else 0.0 for j in range(n)]
                   for i in range(n)]
        for x, y, w in rows:
            q = 1 / (1 + math.exp(-dot(x, beta)))
            for i in range(n):
                gradient[i] += w * (y - q) * x[i]
                for j in range(n):
                    hessian[i][j] += w * q * (1 - q) * x[i] * x[j]
        step = solve(hessian, gradient)
        beta = [b + s for b, s in zip(beta, step)]
        if max(map(abs, step)) < 1e-9:
            break
    return beta


def figures(pairs, merged):
    out = []
    for sure in (False, True):
        t = [(p['label'], m) for p, m in zip(pairs, merged) if p['sure'] or not sure]
        right = sum(m for label, m in t if label == 'D')
        all_d = sum(label == 'D' for label, _ in t)
        wrong = sum(m for label, m in t if label in 'TR')
        precision, recall = right / max(1, right + wrong), right / max(1, all_d)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        out.append('%sprecision %.3f recall %.3f F1 %.4f' %
                   ('sure: ' if sure else '', precision, recall, f1))
    return '; '.join(out)


def decide(beta, pairs):
    return [dot(p['x'], beta) >= 0 and not p['veto'] for p in pairs]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sets = [read(path) for path in sys.argv[1:]]
    everything = [p for pairs in sets for p in pairs]
    beta = fit(everything)
    for name, weight in zip(NAMES, beta):
        print('  static constexpr int64_t %s = %d;' % (name, round(1000 * weight)))
    for path, pairs in zip(sys.argv[1:], sets):
        print('%s, fitted: %s' % (path, figures(pairs, decide(beta, pairs))))
    first, others = sets[0], [p for pairs in sets[1:] for p in pairs]
    domains = sorted({d for p in first for d in p['domains']})
    random.Random(0).shuffle(domains)
    fold = {d: i % 5 for i, d in enumerate(domains)}
    votes = [[] for _ in first]
    for k in range(5):
        held = [fold[p['domains'][0]] == k or fold[p['domains'][1]] == k for p in first]
        beta = fit([p for p, out in zip(first, held) if not out] + others)
        for i, merged in enumerate(decide(beta, first)):
            if held[i]:
                votes[i].append(merged)
    print('%s, cross-validated by outlet: %s' %
          (sys.argv[1], figures(first, [sum(v) * 2 > len(v) for v in votes])))
    for path, pairs in zip(sys.argv[2:], sets[1:]):
        beta = fit([p for other in sets if other is not pairs for p in other])
        print('%s, fitted on the others alone: %s' % (path, figures(pairs, decide(beta, pairs))))


if __name__ == '__main__':
    main()
