#!/usr/bin/env python3
"""A flame graph as one SVG file, out of what `perf script` prints.

    perf record -F 499 -g -p PID -- sleep 8
    perf script | tests/bench/flame_graph.py --title "Ingest" > docs/ingest_flame_graph.svg

Each box is a function, as wide as its share of the samples, on top of what called it; the colour says
whose code it is. A box under --min percent is left out, what is in it too. Threads lie side by side.
Point at a box for its whole name and share.
"""
import argparse
import collections
import html
import re
import sys

WIDTH = 1200
ROW = 17
LETTER = 6.3  # pixels that a letter of the font takes
# Whose code, by what stands in the name of the function or of its library.
OWNERS = [('wirefold', '#8fbf8f', 'Wirefold'), ('rocksdb', '#c9a27a', 'RocksDB'),
          ('grpc', '#9db7d9', 'gRPC and protobuf'), ('protobuf', '#9db7d9', ''),
          ('kernel', '#c4b7d6', 'the kernel'), ('', '#d9d3c4', 'other libraries')]


def simple(name):
    """A C++ name without what is between angle brackets and parentheses."""
    name = name.replace('(anonymous namespace)::', '').replace('[abi:cxx11]', '')
    name = re.sub(r'operator(<=>|<<|>>|<|>|\(\))', 'operator', name)
    out, depth = [], 0
    for letter in name:
        if letter in '<(':
            depth += 1
        elif letter in '>)':
            depth = max(0, depth - 1)
        elif depth == 0:
            out.append(letter)
    return ''.join(out).split(' const')[0].strip() or name


def read_stacks(lines):
    """Samples by stack, the outermost frame, which is the thread, first."""
    stacks = collections.Counter()
    frames, thread = [], None
    for line in lines:
        if not line.strip():
            if thread:
                stacks[tuple([(thread, 'thread')] + frames[::-1])] += 1
            frames, thread = [], None
        elif not line[0].isspace():
            thread = re.sub(r'\d+$', '', line.split()[0])
        else:
            found = re.match(r'\s+[0-9a-f]+ (.*) \((.*)\)$', line.rstrip())
            if not found:
                continue
            name, library = found.groups()
            name = simple(re.sub(r'\+0x[0-9a-f]+$', '', name))
            if name in ('[unknown]', '[[unknown]]', ''):
                name = '[' + library.rsplit('/', 1)[-1] + ']'
            frames.append((name, library))
    if thread:
        stacks[tuple([(thread, 'thread')] + frames[::-1])] += 1
    return stacks


class Node:
    def __init__(self):
        self.samples = 0
        self.parts = {}


def tree(stacks, deepest):
    root = Node()
    for stack, samples in stacks.items():
        node = root
        node.samples += samples
        for name, library in without_machinery(stack)[:deepest]:
            node = node.parts.setdefault(name, Node())
            node.library = library
            node.samples += samples
    return root


def without_machinery(stack):
    """Without the frames that start threads and call functions through pointers."""
    kept = [stack[0]]
    for frame in stack[1:]:
        if re.match(r'((__)?clone|start_thread|std::|\[libstdc|__invoke|_start)', frame[0]):
            continue
        if frame != kept[-1]:
            kept.append(frame)
    return kept


def owner(name, library):
    where = name + ' ' + library
    if 'kernel' in library:
        where = 'kernel'
    elif library == 'thread':
        where = ''
    return next(colour for key, colour, _ in OWNERS if key in where)


def draw(node, name, depth, x, total, least, boxes):
    width = node.samples / total * WIDTH
    if node.samples / total < least:
        return
    if depth >= 0:
        boxes.append((depth, x, width, name, node.samples / total, owner(name, node.library)))
    for part, child in sorted(node.parts.items(), key=lambda item: -item[1].samples):
        draw(child, part, depth + 1, x, total, least, boxes)
        x += child.samples / total * WIDTH


def svg(boxes, title):
    rows = max(box[0] for box in boxes) + 1
    height = (rows + 3) * ROW + 14
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
           f'viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="10.5">',
           f'<rect width="{WIDTH}" height="{height}" fill="#fbfaf6"/>',
           f'<text x="8" y="16" font-size="14">{html.escape(title)}</text>']
    x = 8
    for _, colour, label in OWNERS:
        if label:
            out.append(f'<rect x="{x}" y="24" width="11" height="11" fill="{colour}"/>'
                       f'<text x="{x + 15}" y="33">{label}</text>')
            x += 30 + LETTER * len(label)
    for depth, x, width, name, share, colour in boxes:
        y = height - (depth + 1) * ROW - 4
        whole = html.escape(f'{name} {100 * share:.1f} %')
        out.append(f'<g><title>{whole}</title><rect x="{x:.1f}" y="{y}" width="{max(width - .5, .3):.1f}" '
                   f'height="{ROW - 1}" fill="{colour}"/>')
        letters = int((width - 5) / LETTER)
        if letters >= 3:
            short = name if len(name) <= letters else name.rsplit('::', 1)[-1]
            if len(short) > letters:
                short = short[:letters - 1] + '…'
            out.append(f'<text x="{x + 3:.1f}" y="{y + 12}">{html.escape(short)}</text>')
        out.append('</g>')
    out.append('</svg>')
    return '\n'.join(out) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--title', default='')
    parser.add_argument('--min', type=float, default=0.15, help='percent under which a box is left out')
    parser.add_argument('--deepest', type=int, default=24, help='rows at most')
    options = parser.parse_args()
    stacks = read_stacks(sys.stdin)
    if not stacks:
        sys.exit('flame_graph.py: no samples; give it what `perf script` prints')
    boxes = []
    root = tree(stacks, options.deepest)
    draw(root, '', -1, 0, root.samples, options.min / 100, boxes)
    sys.stdout.write(svg(boxes, f'{options.title}: {root.samples} samples' if options.title
                         else f'{root.samples} samples'))


if __name__ == '__main__':
    main()
