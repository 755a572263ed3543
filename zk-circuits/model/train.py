"""Trains the digit network in the circuit's exact integers and writes the files beside this one.

    pip install numpy==2.* scikit-learn==1.*
    python train.py

Semantics (network.rs is their one definition, a test compares the two):
    pre    = W1 * [image; 16]                      W1: 16 x 65, int8
    hidden = clamp(max(pre, 0) >> 7, 0, 127)
    scores = W2 * [hidden; 127]                    W2: 10 x 17, int8
Training keeps float weights, rounds them in the forward pass and lets the gradient through, so
that what is measured is what the chain runs.
"""

import pathlib
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).parent
SAMPLE = 64
EPOCHS = 400
BATCH = 32


def run(w1, w2, images):
    """The integer network: rows of `images` in, rows of scores out."""
    ones = np.full((len(images), 1), 16, dtype=np.int64)
    pre = np.hstack([images.astype(np.int64), ones]) @ w1.T
    hidden = np.clip(np.maximum(pre, 0) >> 7, 0, 127)
    bias = np.full((len(images), 1), 127, dtype=np.int64)
    return np.hstack([hidden, bias]) @ w2.T


def quantise(w):
    return np.clip(np.rint(w), -127, 127).astype(np.int64)


def accuracy(w1, w2, images, labels):
    return float((run(w1, w2, images).argmax(axis=1) == labels).mean())


def train(images, labels, seed):
    """Adam on softmax cross-entropy; keeps the weights that did best on a held-out tenth."""
    rng = np.random.default_rng(seed)
    x, held, y, held_y = train_test_split(
        images, labels, test_size=0.1, random_state=seed, stratify=labels
    )
    params = [rng.normal(0, 25, (16, 65)), rng.normal(0, 20, (10, 17))]
    moments = [[np.zeros_like(p), np.zeros_like(p)] for p in params]
    best, step = (-1.0, None), 0
    for epoch in range(EPOCHS):
        rate = 1.0 * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        order = rng.permutation(len(x))
        for at in range(0, len(x), BATCH):
            part = order[at : at + BATCH]
            w1, w2 = quantise(params[0]), quantise(params[1])
            a = np.hstack([x[part], np.full((len(part), 1), 16)]).astype(np.int64)
            pre = a @ w1.T
            hidden = np.clip(np.maximum(pre, 0) >> 7, 0, 127)
            h = np.hstack([hidden, np.full((len(part), 1), 127)])
            logits = (h @ w2.T) / 1024.0
            p = np.exp(logits - logits.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            d = (p - np.eye(10)[y[part]]) / len(part) / 1024.0
            g2 = d.T @ h
            inside = (pre > 0) & (pre < 128 * 128)
            dh = (d @ w2)[:, :16] * inside / 128.0
            g1 = dh.T @ a
            step += 1
            for p_, g, m in zip(params, (g1, g2), moments):
                m[0] = 0.9 * m[0] + 0.1 * g
                m[1] = 0.999 * m[1] + 0.001 * g * g
                up = (m[0] / (1 - 0.9**step)) / (np.sqrt(m[1] / (1 - 0.999**step)) + 1e-12)
                p_ -= rate * up
                np.clip(p_, -127, 127, out=p_)
        found = accuracy(quantise(params[0]), quantise(params[1]), held, held_y)
        if found >= best[0]:
            best = (found, (quantise(params[0]), quantise(params[1])))
    return best


def main():
    digits = load_digits()
    images, labels = digits.data.astype(np.int64), digits.target
    train_x, test_x, train_y, test_y = train_test_split(
        images, labels, test_size=0.25, random_state=1, stratify=labels
    )
    # The seed is chosen by the held-out part of the training set, never by the test set.
    held, (w1, w2) = max((train(train_x, train_y, seed) for seed in range(3)), key=lambda b: b[0])
    print(f"held-out accuracy {held:.4f}")
    print(f"test accuracy {accuracy(w1, w2, test_x, test_y):.4f} on {len(test_y)} images")

    (HERE / "digits.bin").write_bytes(w1.astype(np.int8).tobytes() + w2.astype(np.int8).tobytes())
    sample, answers = test_x[:SAMPLE], test_y[:SAMPLE]
    rows = np.hstack([sample, answers[:, None]]).astype(np.uint8)
    (HERE / "images.bin").write_bytes(rows.tobytes())
    (HERE / "scores.bin").write_bytes(run(w1, w2, sample).astype("<i4").tobytes())
    print(f"sample accuracy {accuracy(w1, w2, sample, answers):.4f} on {SAMPLE} images")


if __name__ == "__main__":
    main()
