"""Draws the demo's pictures and its one PDF. Needs Pillow; gives the same files every time.

    python make.py            writes beside itself and into ../files
"""

import math
import random
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).resolve().parent
LANDSCAPE, PORTRAIT = (1200, 800), (800, 1200)
SMOOTH = 2  # drawn twice as large, then scaled down, for smooth edges


class Canvas:
    """A drawing surface in final pixels; everything is scaled on the way in."""

    def __init__(self, size, top, bottom):
        self.w, self.h = size
        column = Image.new("RGB", (1, self.h * SMOOTH))
        for y in range(column.height):
            column.putpixel((0, y), mix(top, bottom, y / column.height))
        self.image = column.resize((self.w * SMOOTH, self.h * SMOOTH))
        self.draw = ImageDraw.Draw(self.image)

    def _scaled(self, points):
        return [(x * SMOOTH, y * SMOOTH) for x, y in points]

    def poly(self, points, colour):
        self.draw.polygon(self._scaled(points), fill=rgb(colour))

    def rect(self, x, y, w, h, colour, round=0):
        box = [x * SMOOTH, y * SMOOTH, (x + w) * SMOOTH, (y + h) * SMOOTH]
        self.draw.rounded_rectangle(box, radius=round * SMOOTH, fill=rgb(colour))

    def disc(self, x, y, r, colour, ry=None):
        ry = ry or r
        box = [(x - r) * SMOOTH, (y - ry) * SMOOTH, (x + r) * SMOOTH, (y + ry) * SMOOTH]
        self.draw.ellipse(box, fill=rgb(colour))

    def ring(self, x, y, r, colour, width):
        box = [(x - r) * SMOOTH, (y - r) * SMOOTH, (x + r) * SMOOTH, (y + r) * SMOOTH]
        self.draw.ellipse(box, outline=rgb(colour), width=round(width * SMOOTH))

    def line(self, points, colour, width):
        self.draw.line(self._scaled(points), fill=rgb(colour), width=round(width * SMOOTH), joint="curve")

    def slice(self, x, y, r, start, end, colour):
        box = [(x - r) * SMOOTH, (y - r) * SMOOTH, (x + r) * SMOOTH, (y + r) * SMOOTH]
        self.draw.pieslice(box, start, end, fill=rgb(colour))

    def hills(self, base, height, waves, phase, colour):
        ridge = [
            (x, base - height * (0.5 + 0.5 * math.sin(x / self.w * waves * math.tau + phase)))
            for x in range(0, self.w + 10, 10)
        ]
        self.poly([(0, self.h), *ridge, (self.w, self.h)], colour)

    def save(self, name):
        small = self.image.resize((self.w, self.h), Image.LANCZOS)
        small.save(HERE / f"{name}.jpg", quality=68, optimize=True, progressive=True)


def rgb(colour):
    if isinstance(colour, tuple):
        return colour
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def mix(a, b, t):
    return tuple(round(p + (q - p) * t) for p, q in zip(rgb(a), rgb(b)))


def house(c, x, y, w, h, wall, roof, windows="#fff2c9", pitch=0.45):
    c.rect(x, y - h, w, h, wall)
    c.poly([(x - w * 0.08, y - h), (x + w / 2, y - h - w * pitch), (x + w * 1.08, y - h)], roof)
    for row in range(max(1, int(h // 70))):
        for col in range(2):
            c.rect(x + w * (0.18 + 0.4 * col), y - h + 22 + row * 62, w * 0.22, 34, windows, 3)


def tree(c, x, y, size, crown, trunk="#6b4a35"):
    c.rect(x - size * 0.08, y - size * 0.8, size * 0.16, size * 0.8, trunk)
    for dx, dy, r in ((0, -1.25, 0.52), (-0.38, -0.95, 0.4), (0.38, -0.95, 0.4)):
        c.disc(x + dx * size, y + dy * size, r * size, crown)
    c.disc(x - 0.12 * size, y - 1.35 * size, 0.3 * size, mix(crown, "#ffffff", 0.12))


def poplar(c, x, y, height, crown):
    c.rect(x - 5, y - height * 0.3, 10, height * 0.3, "#5c4636")
    c.disc(x, y - height * 0.58, height * 0.13, crown, ry=height * 0.43)
    c.disc(x - height * 0.035, y - height * 0.6, height * 0.06, mix(crown, "#ffffff", 0.13), ry=height * 0.34)


def cloud(c, x, y, size, colour="#ffffff"):
    for dx, dy, r in ((-0.9, 0.1, 0.45), (-0.3, -0.2, 0.62), (0.4, -0.05, 0.55), (0.95, 0.15, 0.38)):
        c.disc(x + dx * size, y + dy * size, r * size, colour)
    c.rect(x - 1.2 * size, y + 0.1 * size, 2.45 * size, 0.45 * size, colour, 0.22 * size)


def river():
    c = Canvas(LANDSCAPE, "#fbe3b5", "#f6b98a")
    c.disc(860, 250, 82, "#fff3d4")
    c.hills(430, 120, 1.3, 0.4, "#d99a84")
    c.hills(480, 100, 1.8, 2.1, "#a9797c")
    c.hills(530, 60, 1.1, 4.0, "#5f6f66")
    c.poly([(560, 505), (660, 505), (610, 580), (900, 680), (1010, 800), (210, 800), (360, 660), (520, 580)], "#7fb4b8")
    c.poly([(590, 512), (630, 512), (585, 585), (740, 690), (760, 800), (460, 800), (520, 680), (555, 585)], "#a6d0cc")
    for x, h in ((90, 330), (165, 390), (245, 300), (1010, 320), (1090, 400)):
        poplar(c, x, 640, h, "#3f5c4e")
    for x, y in ((520, 700), (640, 640), (610, 760)):
        c.line([(x, y), (x + 90, y)], "#d8efe6", 5)
    c.save("river")


def clock_tower():
    c = Canvas(PORTRAIT, "#274b6d", "#f2c49b")
    cloud(c, 170, 330, 70, "#7f93a4")
    cloud(c, 640, 480, 60, "#c9ac9f")
    c.hills(1010, 60, 1.2, 1.0, "#8f6b68")
    for i, (x, w, h) in enumerate(((-20, 170, 190), (150, 130, 150), (530, 140, 170), (670, 160, 210))):
        house(c, x, 1090, w, h, ("#c98f6b", "#b57a63")[i % 2], "#6d4048")
    c.rect(300, 420, 200, 670, "#e2c79d")
    c.rect(440, 420, 60, 670, "#cdae84")
    c.rect(280, 400, 240, 34, "#a9855f")
    c.poly([(285, 400), (400, 150), (515, 400)], "#3b5c66")
    c.poly([(400, 150), (515, 400), (440, 400)], "#2f4a54")
    c.line([(400, 160), (400, 90)], "#d8b15a", 8)
    c.disc(400, 86, 13, "#d8b15a")
    c.disc(400, 545, 84, "#7a5a3e")
    c.disc(400, 545, 72, "#fff6df")
    for hour in range(12):
        a = hour * math.tau / 12
        c.disc(400 + 58 * math.sin(a), 545 - 58 * math.cos(a), 5, "#7a5a3e")
    c.line([(400, 545), (400, 496)], "#3a2d26", 8)
    c.line([(400, 545), (436, 566)], "#3a2d26", 8)
    for y in (700, 820):
        c.rect(372, y, 56, 84, "#6d5140", 28)
    for y in range(440, 1090, 90):  # scaffolding
        c.line([(262, y), (538, y)], "#8c6a4a", 7)
    for x in (262, 538):
        c.line([(x, 430), (x, 1090)], "#7a5b40", 9)
    c.rect(0, 1085, 800, 115, "#5b4a4b")
    c.save("clock-tower")


def market():
    c = Canvas(LANDSCAPE, "#bfe3ea", "#fdf3dc")
    for i, x in enumerate(range(-30, 1200, 175)):
        house(c, x, 520, 160, 190 + (i * 53) % 80, ("#e9c9a6", "#d9a78b", "#c7b8a1", "#e4b7a0")[i % 4], ("#9a5546", "#7e4a4a")[i % 2])
    c.rect(0, 515, 1200, 285, "#d8c4a3")
    goods = (("#d1493f", "#e9813d"), ("#6d9b45", "#a6bf4b"), ("#8a4f7d", "#c96a86"))
    for i, (x, stripe) in enumerate(((60, "#d9534a"), (440, "#2f8f83"), (820, "#e0a22f"))):
        for dx in (10, 300):
            c.rect(x + dx, 430, 12, 280, "#7b5a41")
        for k in range(8):
            colour = stripe if k % 2 == 0 else "#fffaf0"
            left, top = x - 11 + k * 43, x + 15 + k * 36.5
            c.poly([(left, 440), (left + 43, 440), (top + 36.5, 350), (top, 350)], colour)
            c.disc(left + 21.5, 440, 21.5, colour)
        c.rect(x, 600, 322, 130, "#9c7350", 6)
        c.rect(x, 600, 322, 18, "#b88a62", 6)
        for k in range(10):
            c.disc(x + 22 + k * 31, 590, 17, goods[i][k % 2])
        for k in range(9):
            c.disc(x + 38 + k * 31, 566, 16, goods[i][(k + 1) % 2])
    c.save("market")


def bees():
    c = Canvas(LANDSCAPE, "#fdf0c4", "#f9d67a")
    c.hills(690, 70, 1.5, 0.3, "#b8c068")
    c.hills(740, 50, 2.2, 2.0, "#8ca552")
    for x, tint in ((160, "#f4f0e4"), (470, "#9cc5c9"), (780, "#e59866")):
        for k in range(3):
            c.rect(x, 430 + k * 88, 230, 84, mix(tint, "#000000", 0.05 * k), 5)
            c.rect(x + 85, 460 + k * 88, 60, 15, mix(tint, "#000000", 0.3), 7)
        c.rect(x - 16, 402, 262, 32, "#7c6a5a", 5)
        c.rect(x + 10, 690, 30, 50, "#6b5444")
        c.rect(x + 190, 690, 30, 50, "#6b5444")
    rng = random.Random(7)
    for _ in range(13):
        x, y = rng.randint(70, 1130), rng.randint(70, 350)
        c.disc(x - 8, y - 14, 13, "#ffffff", ry=9)
        c.disc(x + 9, y - 15, 13, "#fffdf4", ry=9)
        c.disc(x, y, 21, "#f0a91e", ry=14)
        for dx in (-6, 4):
            c.rect(x + dx, y - 12, 5, 24, "#3c2d20")
        c.disc(x + 19, y, 9, "#3c2d20")
    c.save("bees")


def bicycle():
    c = Canvas(LANDSCAPE, "#cfe8d5", "#f4f1d6")
    c.hills(520, 90, 1.4, 1.2, "#a7cdb0")
    c.hills(560, 60, 2.1, 3.2, "#7fb28f")
    for x, s in ((120, 120), (1060, 140), (910, 95)):
        tree(c, x, 600, s, "#4f8f70")
    c.rect(0, 590, 1200, 210, "#c65f4c")
    c.rect(0, 590, 1200, 14, "#f6eee0")
    for x in range(40, 1200, 190):
        c.rect(x, 752, 110, 12, "#f6eee0", 5)
    ink = "#23404b"
    for x in (430, 770):
        c.ring(x, 590, 118, ink, 14)
        for k in range(8):
            a = k * math.tau / 8
            c.line([(x, 590), (x + 108 * math.cos(a), 590 + 108 * math.sin(a))], "#7c8f92", 2)
        c.disc(x, 590, 14, ink)
    frame = "#e3a02c"
    c.line([(430, 590), (530, 410), (720, 410), (590, 600), (430, 590)], frame, 15)
    c.line([(590, 600), (515, 370)], frame, 15)
    c.line([(770, 590), (705, 345)], frame, 15)
    c.line([(650, 330), (705, 345), (745, 318)], ink, 13)
    c.rect(462, 352, 105, 22, ink, 11)
    c.disc(590, 600, 30, ink)
    c.line([(590, 600), (622, 655)], ink, 9)
    c.rect(602, 652, 46, 11, ink, 4)
    c.rect(745, 330, 120, 82, "#a87448", 10)
    for k, colour in enumerate(("#e2574c", "#f3d26b", "#5d9c5a", "#e2574c")):
        c.disc(766 + k * 26, 328, 18, colour)
    c.save("bicycle")


def library():
    c = Canvas(LANDSCAPE, "#4b2e39", "#6d3f45")
    rng = random.Random(21)
    palette = ["#e4b363", "#ef6461", "#e0dfd5", "#7ea8a1", "#a26769", "#d5a18e", "#466365", "#f0d9a8"]
    for shelf in range(4):
        base = 190 + shelf * 180
        c.rect(40, base - 150, 1120, 150, "#35202a")
        x = 56
        while x < 1120:
            w, h = rng.randint(22, 46), rng.randint(86, 138)
            if rng.random() < 0.1:
                x += rng.randint(30, 60)
                continue
            if x + w > 1146:
                break
            colour = rng.choice(palette)
            c.rect(x, base - h, w, h, colour, 3)
            c.rect(x, base - h + 16, w, 7, mix(colour, "#2b1a20", 0.45))
            x += w + 3
        c.rect(24, base, 1152, 22, "#a9744f")
    c.line([(930, 110), (1030, 800)], "#d9a066", 17)
    c.line([(1030, 110), (1130, 800)], "#d9a066", 17)
    for k in range(8):
        x, y = 935 + k * 12.5, 160 + k * 86
        c.line([(x, y), (x + 100, y)], "#c08a52", 12)
    c.save("library")


def football():
    c = Canvas(LANDSCAPE, "#8fc7ee", "#e6f4fb")
    cloud(c, 260, 140, 62)
    cloud(c, 900, 190, 78)
    for x in range(40, 1200, 120):
        tree(c, x, 390, 92 + (x * 7) % 40, ("#3f7d55", "#568f5b")[(x // 120) % 2])
    for k in range(9):
        c.rect(0, 380 + k * 50, 1200, 50, ("#5fae57", "#6dbb62")[k % 2])
    c.rect(330, 250, 12, 250, "#ffffff")
    c.rect(858, 250, 12, 250, "#ffffff")
    c.rect(330, 244, 540, 12, "#ffffff")
    for x in range(360, 860, 30):
        c.line([(x, 256), (x, 496)], "#e8f3ee", 1.5)
    for y in range(280, 500, 30):
        c.line([(342, y), (858, y)], "#e8f3ee", 1.5)
    c.rect(0, 500, 1200, 9, "#ffffff")
    c.line([(120, 800), (240, 506), (960, 506), (1080, 800)], "#ffffff", 8)
    c.disc(600, 716, 84, "#3f7f3e", ry=14)
    c.disc(600, 640, 78, "#fbfbf7")
    c.poly([(600 + 30 * math.sin(a), 640 - 30 * math.cos(a)) for a in [k * math.tau / 5 for k in range(5)]], "#26333a")
    for k in range(5):
        a = k * math.tau / 5
        c.line([(600 + 30 * math.sin(a), 640 - 30 * math.cos(a)), (600 + 56 * math.sin(a), 640 - 56 * math.cos(a))], "#26333a", 4)
        c.disc(600 + 64 * math.sin(a), 640 - 64 * math.cos(a), 11, "#26333a")
    c.save("football")


def chess():
    c = Canvas(LANDSCAPE, "#20343c", "#3d5a5c")
    c.disc(600, 240, 330, "#47696a", ry=200)
    for row in range(5):
        y0, y1 = 470 + row * 66, 470 + (row + 1) * 66
        s0, s1 = 0.62 + row * 0.115, 0.62 + (row + 1) * 0.115
        for col in range(8):
            a, b = (col - 4) * 120, (col - 3) * 120
            c.poly([(600 + a * s0, y0), (600 + b * s0, y0), (600 + b * s1, y1), (600 + a * s1, y1)], ("#f0ddb8", "#8d5b43")[(row + col) % 2])

    def base(x, y, s, colour):
        c.disc(x, y, 62 * s, mix(colour, "#000000", 0.25), ry=20 * s)
        c.disc(x, y - 12 * s, 54 * s, colour, ry=18 * s)
        c.poly([(x - 42 * s, y - 18 * s), (x + 42 * s, y - 18 * s), (x + 20 * s, y - 120 * s), (x - 20 * s, y - 120 * s)], colour)
        c.disc(x, y - 120 * s, 34 * s, colour, ry=11 * s)

    base(330, 660, 1.35, "#fbf3df")
    c.disc(330, 458, 48, "#fbf3df")
    base(560, 580, 1.35, "#2b2226")
    c.poly([(520, 420), (500, 330), (538, 362), (560, 310), (582, 362), (620, 330), (600, 420)], "#2b2226")
    c.disc(560, 306, 11, "#2b2226")
    base(850, 680, 1.6, "#fbf3df")
    c.rect(790, 405, 120, 90, "#fbf3df", 6)
    for x in (790, 838, 886):
        c.rect(x, 375, 24, 40, "#fbf3df")
    c.save("chess")


def theatre():
    c = Canvas(LANDSCAPE, "#1d1330", "#2e1b45")
    c.poly([(600, -40), (250, 690), (950, 690)], "#4a3366")
    c.disc(600, 660, 330, "#f2d58a", ry=62)
    c.rect(0, 700, 1200, 100, "#7a4b34")
    for x in range(0, 1200, 100):
        c.line([(x, 700), (600 + (x - 600) * 1.3, 800)], "#693e2b", 3)
    c.rect(560, 540, 80, 14, "#a06a45", 5)
    for x in (566, 624):
        c.rect(x, 545, 10, 120, "#8a5939")
    c.rect(624, 420, 10, 130, "#8a5939")
    c.rect(560, 420, 74, 12, "#a06a45", 5)
    for side in (0, 1):
        for k in range(6):
            x = k * 52 if side == 0 else 1200 - (k + 1) * 52
            sway = 26 if side == 0 else -26
            shade = ("#b3263a", "#8f1c30")[k % 2]
            c.poly([(x, 0), (x + 54, 0), (x + 54 - sway * (k / 5), 730), (x - sway * (k / 5), 730)], shade)
    for k in range(9):
        c.disc(k * 150, 40, 92, ("#c92f45", "#a82338")[k % 2], ry=98)
    c.rect(0, 0, 1200, 44, "#d6a54b")
    for k in range(12):
        c.disc(50 + k * 100, 790, 46, "#140c22")
        c.disc(50 + k * 100, 735, 25, "#140c22")
    c.save("theatre")


def apple(c, x, y, r, colour):
    c.disc(x - r * 0.35, y, r * 0.72, colour, ry=r * 0.92)
    c.disc(x + r * 0.35, y, r * 0.72, mix(colour, "#000000", 0.07), ry=r * 0.92)
    c.disc(x - r * 0.5, y - r * 0.3, r * 0.18, mix(colour, "#ffffff", 0.5), ry=r * 0.3)
    c.line([(x, y - r * 0.7), (x + r * 0.12, y - r * 1.2)], "#5d4030", r * 0.12)
    c.poly([(x + r * 0.12, y - r * 1.0), (x + r * 0.5, y - r * 1.35), (x + r * 0.75, y - r * 1.05), (x + r * 0.4, y - r * 0.9)], "#6a9a48")


def apples():
    c = Canvas(LANDSCAPE, "#f7e7d0", "#f2cfa5")
    c.rect(0, 600, 1200, 200, "#b98557")
    for y in (600, 665, 735):
        c.rect(0, y, 1200, 5, "#a37146")
    for x, y, r, col in ((380, 380, 84, "#c8402f"), (540, 350, 88, "#d9b53c"), (700, 370, 86, "#c8402f"), (840, 395, 80, "#9db548"), (460, 440, 80, "#d65a3c"), (620, 440, 84, "#c23a31"), (775, 450, 80, "#d9b53c")):
        apple(c, x, y, r, col)
    c.poly([(270, 440), (950, 440), (900, 680), (320, 680)], "#a9743f")
    for k in range(4):
        c.rect(284 + k * 11, 460 + k * 56, 652 - k * 22, 38, ("#c28c52", "#b67f47")[k % 2], 6)
    apple(c, 160, 650, 74, "#c23a31")
    apple(c, 1060, 660, 78, "#9db548")
    c.save("apples")


def bread():
    c = Canvas(LANDSCAPE, "#3f5b63", "#6f8b8b")
    c.rect(120, 80, 960, 470, "#8e4b38", 24)
    for row in range(7):
        for col in range(10):
            c.rect(130 + col * 98 - (row % 2) * 46, 92 + row * 66, 90, 58, ("#a65c45", "#9a533e")[(row + col) % 2], 4)
    c.slice(600, 500, 290, 180, 360, "#2b1813")
    c.slice(600, 500, 240, 180, 360, "#e2752e")
    c.slice(600, 500, 170, 180, 360, "#f6b545")
    c.rect(0, 500, 1200, 300, "#d9b98c")
    c.rect(0, 500, 1200, 16, "#c5a272")
    for x, y, r in ((330, 640, 150), (650, 660, 170), (960, 640, 140)):
        c.disc(x, y + r * 0.42, r * 1.02, "#b8946a", ry=r * 0.22)
        c.disc(x, y, r, "#b8682e", ry=r * 0.58)
        c.disc(x, y - r * 0.07, r * 0.9, "#d08a45", ry=r * 0.46)
        for dx in (-0.42, 0, 0.42):
            c.line([(x + r * (dx - 0.12), y - r * 0.3), (x + r * (dx + 0.1), y + r * 0.14)], "#f3d6a4", r * 0.07)
    c.save("bread")


def bridge():
    c = Canvas(LANDSCAPE, "#a9c6d8", "#f3e2d3")
    c.hills(430, 110, 1.1, 2.6, "#8fa8ae")
    c.hills(470, 70, 1.9, 0.6, "#6c8c83")
    c.rect(0, 560, 1200, 240, "#5f93a0")
    stone, shade = "#d7c3a2", "#b79f7c"
    c.poly([(0, 500), (600, 385), (1200, 500), (1200, 700), (0, 700)], stone)
    c.line([(0, 490), (600, 375), (1200, 490)], shade, 22)
    for x, r in ((210, 128), (600, 170), (990, 128)):
        c.disc(x, 690, r + 14, shade)
        c.disc(x, 690, r, "#87b4bd")
    c.rect(0, 690, 1200, 110, "#5f93a0")
    for x, r in ((210, 128), (600, 170), (990, 128)):
        c.disc(x, 700, r, "#79aab4", ry=r * 0.4)
    for x, y in ((80, 745), (350, 765), (500, 735), (760, 760), (1040, 750)):
        c.line([(x, y), (x + 100, y)], "#b8dadb", 5)
    for x in (330, 870):
        c.rect(x, 330, 9, 100, "#3c4b50")
        c.rect(x - 12, 296, 33, 40, "#f7d27a", 8)
    c.save("bridge")


def snow():
    c = Canvas(LANDSCAPE, "#8ea6c4", "#e3e9f2")
    c.hills(470, 150, 1.2, 0.9, "#b9c8dc")
    c.hills(530, 90, 1.7, 3.0, "#d3deea")
    for i, x in enumerate((180, 370, 560, 760)):
        house(c, x, 610, 150, 120 + (i % 2) * 40, ("#b5655a", "#d9a066", "#7f8fa6", "#c98273")[i], "#f7fafc", "#ffe6a3")
    for x, s in ((80, 210), (980, 260), (1110, 190)):
        c.rect(x - 8, 600, 16, 50, "#5b4a45")
        for k in range(3):
            w = s * (0.5 - 0.11 * k)
            y = 610 - k * s * 0.3
            c.poly([(x - w, y), (x + w, y), (x, y - s * 0.5)], "#46665f")
            c.poly([(x - w * 0.45, y - s * 0.27), (x + w * 0.45, y - s * 0.27), (x, y - s * 0.5)], "#f4f8fb")
    c.hills(680, 50, 1.3, 1.8, "#f6f9fc")
    rng = random.Random(12)
    for _ in range(85):
        c.disc(rng.randint(0, 1200), rng.randint(0, 780), rng.choice((3, 4, 6)), "#ffffff")
    c.save("snow")


def school():
    c = Canvas(LANDSCAPE, "#cdeaf5", "#f8f7e4")
    cloud(c, 950, 130, 66)
    c.rect(230, 230, 740, 330, "#e9a66b")
    c.poly([(200, 230), (600, 70), (1000, 230)], "#a4484a")
    c.disc(600, 168, 38, "#fff5dc")
    c.line([(600, 168), (600, 145)], "#6d3a3a", 5)
    c.line([(600, 168), (616, 176)], "#6d3a3a", 5)
    for row in range(2):
        for col in range(6):
            if not (row == 1 and col in (2, 3)):
                c.rect(272 + col * 116, 270 + row * 140, 76, 92, "#fdf6e2", 4)
                c.rect(279 + col * 116, 277 + row * 140, 62, 78, "#8ec3cf", 3)
    c.rect(530, 400, 140, 160, "#6d4a3f", 8)
    c.rect(0, 556, 1200, 244, "#9ac06a")
    for k in range(4):
        c.rect(80 + k * 280, 620, 220, 130, "#7a5238", 12)
        for i in range(5):
            x = 102 + k * 280 + i * 43
            colour = ("#4f8a4a", "#e46f4f", "#f0c24b", "#8d5b9a")[(i + k) % 4]
            c.line([(x, 700), (x, 650)], "#4f8a4a", 6)
            c.disc(x, 645, 18, colour)
    c.save("school")


def blossom():
    c = Canvas(LANDSCAPE, "#d7ecf3", "#fdeef0")
    c.hills(520, 90, 1.3, 0.2, "#b9d8b4")
    c.hills(590, 70, 1.9, 2.4, "#98c48f")
    rng = random.Random(3)
    for x, y, s in ((210, 610, 150), (480, 590, 120), (730, 600, 130), (1000, 630, 170)):
        c.poly([(x - s * 0.1, y), (x + s * 0.1, y), (x + s * 0.05, y - s), (x - s * 0.05, y - s)], "#6d4c41")
        for _ in range(34):
            a, d = rng.random() * math.tau, s * 0.72 * math.sqrt(rng.random())
            c.disc(x + d * math.cos(a) * 1.15, y - s * 1.3 + d * math.sin(a) * 0.85, s * 0.2, rng.choice(("#f7b7c5", "#fbd3da", "#f19fb3", "#fff0f2")))
    c.poly([(520, 800), (700, 800), (620, 610), (590, 610)], "#ecdcb8")
    for _ in range(50):
        c.disc(rng.randint(0, 1200), rng.randint(620, 790), 5, "#fbd3da")
    c.save("blossom")


def lanterns():
    c = Canvas(PORTRAIT, "#0f1f3d", "#3d3a6b")
    rng = random.Random(5)
    for _ in range(45):
        c.disc(rng.randint(0, 800), rng.randint(0, 480), rng.choice((2, 3)), "#dfe6ff")
    for i, (x, w, h) in enumerate(((-30, 200, 480), (170, 150, 380), (490, 160, 400), (640, 190, 520))):
        house(c, x, 1030, w, h, ("#29345c", "#343f6b")[i % 2], "#1a2344", "#f8ca6a")
    c.rect(0, 1025, 800, 175, "#1b2140")
    c.poly([(330, 1030), (470, 1030), (640, 1200), (160, 1200)], "#3f4573")
    for start, sag in ((300, 130), (480, 150), (650, 110)):
        rope = [(x, start + sag * (1 - ((x - 400) / 420) ** 2)) for x in range(-20, 830, 10)]
        c.line(rope, "#7f86b5", 4)
        for k, x in enumerate(range(60, 800, 136)):
            y = start + sag * (1 - ((x - 400) / 420) ** 2)
            colour = ("#f2a33a", "#e2604f", "#f6d365", "#6fc0b0")[(k + start) % 4]
            c.line([(x, y), (x, y + 18)], "#7f86b5", 3)
            c.disc(x, y + 56, 41, mix(colour, "#1d2a52", 0.6))
            c.disc(x, y + 56, 31, colour, ry=37)
            c.disc(x, y + 56, 13, mix(colour, "#ffffff", 0.5), ry=36)
    c.save("lanterns")


def poplars():
    c = Canvas(PORTRAIT, "#f0d9b5", "#f7efdf")
    c.disc(560, 300, 92, "#f5b041")
    c.hills(830, 120, 0.9, 0.8, "#d8b27c")
    c.hills(900, 80, 1.4, 2.4, "#b98d52")
    for i, (x, h) in enumerate(((110, 640), (220, 560), (310, 500), (500, 520), (600, 590), (710, 680))):
        poplar(c, x, 950 + (h - 500) // 3, h, ("#c9912f", "#dba63a", "#b87a2a")[i % 3])
    c.poly([(370, 900), (440, 900), (640, 1200), (150, 1200)], "#e9d3a5")
    rng = random.Random(11)
    for _ in range(50):
        c.disc(rng.randint(0, 800), rng.randint(960, 1190), 8, rng.choice(("#d9982f", "#c57b2b", "#e7bd5a")), ry=4)
    c.save("poplars")


def kites():
    c = Canvas(LANDSCAPE, "#4aa3d8", "#dff1f7")
    cloud(c, 300, 420, 80)
    cloud(c, 980, 330, 70)
    c.hills(700, 130, 0.9, 0.5, "#9fca75")
    c.hills(760, 90, 1.4, 2.7, "#79b05c")
    for x, y, s, one, two in ((240, 190, 92, "#e4572e", "#f3a712"), (560, 130, 76, "#29335c", "#669bbc"), (830, 240, 104, "#f3a712", "#a8c686"), (1060, 120, 64, "#b5446e", "#f7c1bb")):
        c.line([(x, y + s), (x - 30, y + s * 1.7), (x + 24, y + s * 2.3), (x - 60, 700)], "#ffffff", 3)
        c.poly([(x, y - s), (x + s * 0.7, y), (x, y + s), (x - s * 0.7, y)], one)
        c.poly([(x, y - s), (x + s * 0.7, y), (x, y)], two)
        c.poly([(x, y + s), (x - s * 0.7, y), (x, y)], two)
        for k in (1.5, 2.0):
            c.poly([(x - 18, y + s * k - 10), (x + 18, y + s * k + 10), (x + 18, y + s * k - 10), (x - 18, y + s * k + 10)], two)
    for x, shirt in ((190, "#e4572e"), (530, "#fdfdf6"), (770, "#29335c"), (1000, "#b5446e")):
        c.rect(x - 14, 690, 28, 50, shirt, 9)
        c.disc(x, 674, 16, "#8d5a3b")
        c.rect(x - 12, 735, 9, 30, "#37474f")
        c.rect(x + 3, 735, 9, 30, "#37474f")
    c.save("kites")


def table():
    c = Canvas(LANDSCAPE, "#e8d7c3", "#d9bda0")
    c.rect(0, 0, 1200, 800, "#2f6f73")
    for x in range(0, 1200, 100):
        c.rect(x, 0, 50, 800, "#35787b")
    c.disc(600, 410, 300, "#27595d", ry=290)
    c.disc(600, 400, 290, "#fbf6ea")
    c.disc(600, 400, 240, "#efe4cf")
    c.disc(600, 400, 205, "#f3d68c")
    rng = random.Random(9)
    for _ in range(90):
        a, d = rng.random() * math.tau, 185 * math.sqrt(rng.random())
        c.disc(600 + d * math.cos(a), 400 + d * math.sin(a), 9, rng.choice(("#b5222f", "#d8452e", "#f8e7b0", "#7f9b3f", "#e2a02f")), ry=7)
    for x, y, r in ((160, 200, 92), (1040, 180, 84), (180, 630, 78)):
        c.disc(x, y, r, "#fbf6ea")
        c.disc(x, y, r * 0.78, ("#8fae4a", "#b5222f", "#e7a93c")[(x + y) % 3])
    c.line([(985, 470), (1040, 720)], "#e8e4da", 16)
    c.disc(975, 430, 36, "#e8e4da", ry=54)
    c.save("table")


def calendar_pdf():
    """One A4 page, written by hand: five objects and their cross-reference table."""
    rows = [
        ("Saturday market", "every Saturday, 07:30 - 13:00, Weir Meadow"),
        ("Flower market", "second Sunday of May, Corn Hall yard"),
        ("Honey day", "first Saturday of September"),
        ("Apple days", "10 and 11 October 2026, Old Orchard"),
        ("Lantern market", "28 November 2026, Mill Lane"),
    ]
    text = ["BT /F2 26 Tf 60 760 Td (Lindenford market calendar 2026) Tj ET"]
    text.append("0.72 0.25 0.18 rg 60 742 475 4 re f 0 g")
    for i, (what, when) in enumerate(rows):
        y = 690 - i * 54
        text.append(f"BT /F2 14 Tf 60 {y} Td ({what}) Tj ET")
        text.append(f"BT /F1 12 Tf 60 {y - 20} Td ({when}) Tj ET")
    text.append("BT /F1 10 Tf 60 70 Td (The Lindenford Gazette. Copy freely and pin it up.) Tj ET")
    stream = "\n".join(text)
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        font.format("Helvetica"),
        font.format("Helvetica-Bold"),
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table_at = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    out += "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table_at}\n%%EOF\n"
    files = HERE.parent / "files"
    files.mkdir(exist_ok=True)
    (files / "market-calendar-2026.pdf").write_bytes(out.encode("ascii"))


if __name__ == "__main__":
    for scene in (
        river, clock_tower, market, bees, bicycle, library, football, chess, theatre, apples,
        bread, bridge, snow, school, blossom, lanterns, poplars, kites, table, calendar_pdf,
    ):
        scene()
