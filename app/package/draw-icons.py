#!/usr/bin/python3
"""Draws the icons of the package for Teams: color.png (192x192) and outline.png (32x32), a handset in a cloud.

  app/package/draw-icons.py [DIRECTORY]      by default the one in which this lies

Only Python's own library is used. Teams wants the colour icon square and filled, with its symbol in the inner 96x96, and the
outline in white and nothing else, each pixel either there or not.
"""
import math
import os
import struct
import sys
import zlib

GROUND = (0x1F, 0x6F, 0x78)  # accentColor of manifest.json
SAMPLES = 8  # in each direction of a pixel


def circle(x, y, centre_x, centre_y, radius):
    return math.hypot(x - centre_x, y - centre_y) <= radius


def in_cloud(x, y):
    """In a square from -1 to 1, y downwards: three humps on a flat base with round ends."""
    base = 0.10 <= y <= 0.72 and -0.62 <= x <= 0.62
    ends = circle(x, y, -0.62, 0.33, 0.38) or circle(x, y, 0.62, 0.34, 0.38)
    humps = circle(x, y, -0.12, -0.14, 0.56) or circle(x, y, 0.46, 0.06, 0.36)
    return (base or ends or humps) and y <= 0.72


def in_handset(x, y):
    """A receiver that lies across: an arc with a cap at each end."""
    angle = math.radians(-38)
    turned_x = x * math.cos(angle) - (y - 0.17) * math.sin(angle)
    turned_y = x * math.sin(angle) + (y - 0.17) * math.cos(angle)
    arc = 0.42 <= math.hypot(turned_x, turned_y - 0.36) <= 0.62 and turned_y < 0.06
    caps = any(abs(turned_x - side * 0.38) <= 0.14 and -0.06 <= turned_y <= 0.26 for side in (-1, 1))
    return arc or caps


def coverage(pixel_x, pixel_y, size, inner, shape):
    """Which part of a pixel is in a shape that fills the inner square."""
    hits = 0
    for i in range(SAMPLES * SAMPLES):
        x = pixel_x + (i % SAMPLES + 0.5) / SAMPLES
        y = pixel_y + (i // SAMPLES + 0.5) / SAMPLES
        hits += shape((x - size / 2) / (inner / 2), (y - size / 2) / (inner / 2))
    return hits / (SAMPLES * SAMPLES)


def symbol(x, y):
    return in_cloud(x, y) and not in_handset(x, y)


def colour_pixel(x, y):
    part = coverage(x, y, 192, 96, symbol)
    return bytes(round(ground + (255 - ground) * part) for ground in GROUND) + b"\xff"


def outline_pixel(x, y):
    # A little larger than its square, so that the round ends reach the edges.
    return b"\xff\xff\xff" + (b"\xff" if coverage(x, y, 32, 35, symbol) >= 0.5 else b"\x00")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(size, pixel):
    """Eight bits each of red, green, blue and alpha; no filter, no time, no other words."""
    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(size)) for y in range(size))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def main():
    directory = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for name, size, pixel in (("color.png", 192, colour_pixel), ("outline.png", 32, outline_pixel)):
        with open(os.path.join(directory, name), "wb") as file:
            file.write(png(size, pixel))


if __name__ == "__main__":
    main()
