"""Writes training.bin and test.bin beside this file: the digits that the network of zk-circuits/model
was trained and tested on, in the same split.

    pip install numpy==2.* scikit-learn==1.*
    python digits.py
"""

import pathlib
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).parent
digits = load_digits()
images, labels = digits.data.astype(np.uint8), digits.target.astype(np.uint8)
parts = train_test_split(images, labels, test_size=0.25, random_state=1, stratify=labels)
for name, x, y in (("training", parts[0], parts[2]), ("test", parts[1], parts[3])):
    rows = np.hstack([x, y[:, None]])
    (HERE / f"{name}.bin").write_bytes(rows.tobytes())
    print(f"{name}: {len(rows)} rows of {rows.shape[1]} bytes, {np.bincount(y)} of each digit")
