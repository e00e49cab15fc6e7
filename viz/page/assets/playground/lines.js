// The lines of a network, printed by the compiler: viz/page/playground/lines.py says how, and writes this file.
// ⟨…⟩ is a slot for a size or a name; `run` computes the line from the sizes and from what the line reads.

function erf(x) {  // the series of erf(x)·exp(x²), whose terms all have the same sign
  const z = x * x;
  if (z > 36) return Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; term !== 0 && n < 200; n++) sum += term *= 2 * z / (2 * n + 1);
  return 2 / Math.sqrt(Math.PI) * Math.exp(-z) * sum;
}
function dot(ws, xs) {
  return ws.reduce((sum, w, i) => sum + w * xs[i], 0);
}
function power(x, y) {  // as in IEEE 754: 1 ** anything is 1, and so is (-1) ** ±Infinity
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
}
function logsumexp(xs) {
  const top = xs.reduce((most, x) => Math.max(most, x), -Infinity);
  return Number.isFinite(top) ? top + Math.log(xs.reduce((sum, x) => sum + Math.exp(x - top), 0)) : top;
}

export const PIECES = {
  "abs 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.abs(⟨Z⟩)",
        latex: "⟨A⟩ = \\left|⟨Z⟩\\right|",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.abs(Z[i]);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * np.sign(⟨Z⟩)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\operatorname{sign}\\left(⟨Z⟩\\right)",
        run({ m }, [dA, Z]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * Math.sign(Z[i]);
          return dZ;
        },
      },
    ],
  },
  "abs n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.abs(⟨Z⟩)",
        latex: "⟨A⟩ = \\left|⟨Z⟩\\right|",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.abs(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * np.sign(⟨Z⟩)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\operatorname{sign}\\left(⟨Z⟩\\right)",
        run({ size, m }, [dA, Z]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * Math.sign(Z[size * i + j]);
          }
          return dZ;
        },
      },
    ],
  },
  "affine 11": {
    forward: [
      {
        name: "⟨Z⟩",
        reads: ["⟨I⟩", "⟨W⟩", "⟨b⟩"],
        shape: ["m", "1"],
        numpy: "⟨Z⟩ = ⟨I⟩ @ np.full((1, 1), ⟨W⟩) + ⟨b⟩",
        latex: "⟨Z⟩ = ⟨I⟩\\, \\operatorname{fill}_{1 \\times 1}\\left(⟨W⟩\\right) + ⟨b⟩",
        run({ m }, [I, W, b]) {
          const Z = new Float64Array(m);
          for (let i = 0; i < m; i++) Z[i] = I[i] * W + b;
          return Z;
        },
      },
    ],
    backward: [
      {
        name: "⟨dI⟩",
        reads: ["⟨dZ⟩", "⟨W⟩"],
        shape: ["m", "1"],
        numpy: "⟨dI⟩ = ⟨dZ⟩ * ⟨W⟩",
        latex: "⟨dI⟩ = ⟨dZ⟩ \\cdot ⟨W⟩",
        run({ m }, [dZ, W]) {
          const dI = new Float64Array(m);
          for (let i = 0; i < m; i++) dI[i] = dZ[i] * W;
          return dI;
        },
      },
    ],
    sums: [
      {
        name: "⟨db⟩",
        reads: ["⟨dZ⟩"],
        shape: [],
        numpy: "⟨db⟩ = ⟨dZ⟩.sum()",
        latex: "⟨db⟩ = \\sum_{i} ⟨dZ⟩[i]",
        run({ m }, [dZ]) {
          let db = 0;
          for (let i = 0; i < m; i++) db += dZ[i];
          return db;
        },
      },
      {
        name: "⟨dW⟩",
        reads: ["⟨dZ⟩", "⟨I⟩"],
        shape: [],
        numpy: "⟨dW⟩ = np.vdot(⟨dZ⟩, ⟨I⟩)",
        latex: "⟨dW⟩ = \\left\\langle ⟨dZ⟩,\\, ⟨I⟩ \\right\\rangle",
        run({ m }, [dZ, I]) {
          let dW = 0;
          for (let i = 0; i < m; i++) dW += dZ[i] * I[i];
          return dW;
        },
      },
    ],
  },
  "affine 1n": {
    forward: [
      {
        name: "⟨Z⟩",
        reads: ["⟨I⟩", "⟨W⟩", "⟨b⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨Z⟩ = ⟨I⟩ @ ⟨W⟩[None, :] + ⟨b⟩",
        latex: "⟨Z⟩ = ⟨I⟩\\, ⟨W⟩^{\\top} + ⟨b⟩^{\\top}",
        run({ size, m }, [I, W, b]) {
          const Z = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) Z[size * i + j] = I[i] * W[j] + b[j];
          }
          return Z;
        },
      },
    ],
    backward: [
      {
        name: "⟨dI⟩",
        reads: ["⟨dZ⟩", "⟨W⟩"],
        shape: ["m", "1"],
        numpy: "⟨dI⟩ = ⟨dZ⟩ @ ⟨W⟩[:, None]",
        latex: "⟨dI⟩ = ⟨dZ⟩\\, ⟨W⟩",
        run({ size, m }, [dZ, W]) {
          const dI = new Float64Array(m);
          for (let i = 0; i < m; i++) {
            let sum = 0;
            for (let k = 0; k < size; k++) sum += dZ[size * i + k] * W[k];
            dI[i] = sum;
          }
          return dI;
        },
      },
    ],
    sums: [
      {
        name: "⟨db⟩",
        reads: ["⟨dZ⟩"],
        shape: ["⟨size⟩"],
        numpy: "⟨db⟩ = ⟨dZ⟩.sum(axis=0)",
        latex: "⟨db⟩ = \\sum_{i} ⟨dZ⟩[i, :]",
        run({ size, m }, [dZ]) {
          const db = new Float64Array(size);
          for (let i = 0; i < size; i++) {
            let sum = 0;
            for (let j = 0; j < m; j++) sum += dZ[size * j + i];
            db[i] = sum;
          }
          return db;
        },
      },
      {
        name: "⟨dW⟩",
        reads: ["⟨dZ⟩", "⟨I⟩"],
        shape: ["⟨size⟩"],
        numpy: "⟨dW⟩ = ⟨dZ⟩.T @ ⟨I⟩.ravel()",
        latex: "⟨dW⟩ = ⟨dZ⟩^{\\top}\\, ⟨I⟩",
        run({ size, m }, [dZ, I]) {
          const dW = new Float64Array(size);
          for (let i = 0; i < size; i++) {
            let sum = 0;
            for (let j = 0; j < m; j++) sum += dZ[size * j + i] * I[j];
            dW[i] = sum;
          }
          return dW;
        },
      },
    ],
  },
  "affine n1": {
    forward: [
      {
        name: "⟨Z⟩",
        reads: ["⟨I⟩", "⟨W⟩", "⟨b⟩"],
        shape: ["m", "1"],
        numpy: "⟨Z⟩ = ⟨I⟩ @ ⟨W⟩.T + ⟨b⟩",
        latex: "⟨Z⟩ = ⟨I⟩\\, ⟨W⟩^{\\top} + ⟨b⟩",
        run({ inputs, m }, [I, W, b]) {
          const Z = new Float64Array(m);
          for (let i = 0; i < m; i++) {
            let sum = 0;
            for (let k = 0; k < inputs; k++) sum += I[inputs * i + k] * W[k];
            Z[i] = sum + b;
          }
          return Z;
        },
      },
    ],
    backward: [
      {
        name: "⟨dI⟩",
        reads: ["⟨dZ⟩", "⟨W⟩"],
        shape: ["m", "⟨inputs⟩"],
        numpy: "⟨dI⟩ = ⟨dZ⟩ * ⟨W⟩",
        latex: "⟨dI⟩ = ⟨dZ⟩\\, ⟨W⟩",
        run({ inputs, m }, [dZ, W]) {
          const dI = new Float64Array(m * inputs);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < inputs; j++) dI[inputs * i + j] = dZ[i] * W[j];
          }
          return dI;
        },
      },
    ],
    sums: [
      {
        name: "⟨db⟩",
        reads: ["⟨dZ⟩"],
        shape: [],
        numpy: "⟨db⟩ = ⟨dZ⟩.sum()",
        latex: "⟨db⟩ = \\sum_{i} ⟨dZ⟩[i]",
        run({ m }, [dZ]) {
          let db = 0;
          for (let i = 0; i < m; i++) db += dZ[i];
          return db;
        },
      },
      {
        name: "⟨dW⟩",
        reads: ["⟨dZ⟩", "⟨I⟩"],
        shape: ["1", "⟨inputs⟩"],
        numpy: "⟨dW⟩ = ⟨dZ⟩.T @ ⟨I⟩",
        latex: "⟨dW⟩ = ⟨dZ⟩^{\\top}\\, ⟨I⟩",
        run({ inputs, m }, [dZ, I]) {
          const dW = new Float64Array(inputs);
          for (let j = 0; j < inputs; j++) {
            let sum = 0;
            for (let k = 0; k < m; k++) sum += dZ[k] * I[inputs * k + j];
            dW[j] = sum;
          }
          return dW;
        },
      },
    ],
  },
  "affine nn": {
    forward: [
      {
        name: "⟨Z⟩",
        reads: ["⟨I⟩", "⟨W⟩", "⟨b⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨Z⟩ = ⟨I⟩ @ ⟨W⟩.T + ⟨b⟩",
        latex: "⟨Z⟩ = ⟨I⟩\\, ⟨W⟩^{\\top} + ⟨b⟩^{\\top}",
        run({ inputs, size, m }, [I, W, b]) {
          const Z = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) {
              let sum = 0;
              for (let k = 0; k < inputs; k++) sum += I[inputs * i + k] * W[inputs * j + k];
              Z[size * i + j] = sum + b[j];
            }
          }
          return Z;
        },
      },
    ],
    backward: [
      {
        name: "⟨dI⟩",
        reads: ["⟨dZ⟩", "⟨W⟩"],
        shape: ["m", "⟨inputs⟩"],
        numpy: "⟨dI⟩ = ⟨dZ⟩ @ ⟨W⟩",
        latex: "⟨dI⟩ = ⟨dZ⟩\\, ⟨W⟩",
        run({ inputs, size, m }, [dZ, W]) {
          const dI = new Float64Array(m * inputs);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < inputs; j++) {
              let sum = 0;
              for (let k = 0; k < size; k++) sum += dZ[size * i + k] * W[inputs * k + j];
              dI[inputs * i + j] = sum;
            }
          }
          return dI;
        },
      },
    ],
    sums: [
      {
        name: "⟨db⟩",
        reads: ["⟨dZ⟩"],
        shape: ["⟨size⟩"],
        numpy: "⟨db⟩ = ⟨dZ⟩.sum(axis=0)",
        latex: "⟨db⟩ = \\sum_{i} ⟨dZ⟩[i, :]",
        run({ size, m }, [dZ]) {
          const db = new Float64Array(size);
          for (let i = 0; i < size; i++) {
            let sum = 0;
            for (let j = 0; j < m; j++) sum += dZ[size * j + i];
            db[i] = sum;
          }
          return db;
        },
      },
      {
        name: "⟨dW⟩",
        reads: ["⟨dZ⟩", "⟨I⟩"],
        shape: ["⟨size⟩", "⟨inputs⟩"],
        numpy: "⟨dW⟩ = ⟨dZ⟩.T @ ⟨I⟩",
        latex: "⟨dW⟩ = ⟨dZ⟩^{\\top}\\, ⟨I⟩",
        run({ inputs, size, m }, [dZ, I]) {
          const dW = new Float64Array(size * inputs);
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < inputs; j++) {
              let sum = 0;
              for (let k = 0; k < m; k++) sum += dZ[size * k + i] * I[inputs * k + j];
              dW[inputs * i + j] = sum;
            }
          }
          return dW;
        },
      },
    ],
  },
  "bce 1": {
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩", "Y"],
        shape: ["m", "1"],
        numpy: "⟨t1⟩ = ⟨O⟩ + (2.2250738585072014e-308 * (1 - np.heaviside(Y, 0.0)))[:, None]",
        latex: "⟨t1⟩ = ⟨O⟩ + 2.2250738585072014 \\cdot 10^{-308} \\cdot \\left(1 - \\operatorname{step}\\left(Y\\right)\\right)",
        run({ m }, [O, Y]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = O[i] + 2.2250738585072014e-308 * (1 - (Y[i] > 0 ? 1 : Y[i] <= 0 ? 0 : NaN));
          return t1;
        },
      },
      {
        name: "⟨t2⟩",
        reads: ["Y"],
        shape: ["m"],
        numpy: "⟨t2⟩ = 1 - Y",
        latex: "⟨t2⟩ = 1 - Y",
        run({ m }, [Y]) {
          const t2 = new Float64Array(m);
          for (let i = 0; i < m; i++) t2[i] = 1 - Y[i];
          return t2;
        },
      },
      {
        name: "⟨t3⟩",
        reads: ["⟨O⟩", "⟨t2⟩"],
        shape: ["m", "1"],
        numpy: "⟨t3⟩ = 1 - ⟨O⟩ + (2.2250738585072014e-308 * (1 - np.heaviside(⟨t2⟩, 0.0)))[:, None]",
        latex: "⟨t3⟩ = 1 - ⟨O⟩ + 2.2250738585072014 \\cdot 10^{-308} \\cdot \\left(1 - \\operatorname{step}\\left(⟨t2⟩\\right)\\right)",
        run({ m }, [O, t2]) {
          const t3 = new Float64Array(m);
          for (let i = 0; i < m; i++) t3[i] = 1 - O[i] + 2.2250738585072014e-308 * (1 - (t2[i] > 0 ? 1 : t2[i] <= 0 ? 0 : NaN));
          return t3;
        },
      },
      {
        name: "⟨t4⟩",
        reads: ["Y", "⟨t1⟩", "⟨t2⟩", "⟨t3⟩"],
        shape: ["m"],
        numpy: "⟨t4⟩ = Y * np.log(⟨t1⟩).ravel() + ⟨t2⟩ * np.log(⟨t3⟩).ravel()",
        latex: "⟨t4⟩ = Y \\odot \\ln\\left(⟨t1⟩\\right) + ⟨t2⟩ \\odot \\ln\\left(⟨t3⟩\\right)",
        run({ m }, [Y, t1, t2, t3]) {
          const s1 = new Float64Array(m);
          for (let i = 0; i < m; i++) s1[i] = Math.log(t1[i]);
          const s2 = new Float64Array(m);
          for (let i = 0; i < m; i++) s2[i] = Math.log(t3[i]);
          const t4 = new Float64Array(m);
          for (let i = 0; i < m; i++) t4[i] = Y[i] * s1[i] + t2[i] * s2[i];
          return t4;
        },
      },
      {
        name: "loss",
        reads: ["⟨t4⟩", "m"],
        shape: [],
        numpy: "loss = -⟨t4⟩.sum() / m",
        latex: "\\mathrm{loss} = \\frac{-\\left(\\sum_{i} ⟨t4⟩[i]\\right)}{m}",
        run({ m }, [t4]) {
          let sum = 0;
          for (let i = 0; i < m; i++) sum += t4[i];
          const loss = -sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨t2⟩", "⟨t3⟩", "Y", "⟨t1⟩", "m"],
        shape: ["m", "1"],
        numpy: "⟨dO⟩ = (⟨t2⟩[:, None] / ⟨t3⟩ - Y[:, None] / ⟨t1⟩) / m",
        latex: "⟨dO⟩ = \\frac{\\frac{⟨t2⟩}{⟨t3⟩} - \\frac{Y}{⟨t1⟩}}{m}",
        run({ m }, [t2, t3, Y, t1]) {
          const dO = new Float64Array(m);
          for (let i = 0; i < m; i++) dO[i] = (t2[i] / t3[i] - Y[i] / t1[i]) / m;
          return dO;
        },
      },
    ],
  },
  "bce_with_logits 1": {
    loss: [
      {
        name: "loss",
        reads: ["⟨O⟩", "Y", "m"],
        shape: [],
        numpy: "loss = (np.logaddexp(0.0, ⟨O⟩) - Y[:, None] * ⟨O⟩).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(\\operatorname{softplus}\\left(⟨O⟩\\right) - Y \\odot ⟨O⟩\\right)[i]}{m}",
        run({ m }, [O, Y]) {
          let sum = 0;
          for (let i = 0; i < m; i++) sum += (Math.max(O[i], 0) + Math.log1p(Math.exp(-Math.abs(O[i])))) - Y[i] * O[i];
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "Y", "m"],
        shape: ["m", "1"],
        numpy: "⟨dO⟩ = ((1 / (1 + np.exp(-⟨O⟩))) - Y[:, None]) / m",
        latex: "⟨dO⟩ = \\frac{\\sigma\\left(⟨O⟩\\right) - Y}{m}",
        run({ m }, [O, Y]) {
          const dO = new Float64Array(m);
          for (let i = 0; i < m; i++) dO[i] = ((1 / (1 + Math.exp(-O[i]))) - Y[i]) / m;
          return dO;
        },
      },
    ],
  },
  "cos 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.cos(⟨Z⟩)",
        latex: "⟨A⟩ = \\cos\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.cos(Z[i]);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = -(⟨dA⟩ * np.sin(⟨Z⟩))",
        latex: "⟨dZ⟩ = -\\left(⟨dA⟩ \\odot \\sin\\left(⟨Z⟩\\right)\\right)",
        run({ m }, [dA, Z]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = -(dA[i] * Math.sin(Z[i]));
          return dZ;
        },
      },
    ],
  },
  "cos n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.cos(⟨Z⟩)",
        latex: "⟨A⟩ = \\cos\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.cos(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = -(⟨dA⟩ * np.sin(⟨Z⟩))",
        latex: "⟨dZ⟩ = -\\left(⟨dA⟩ \\odot \\sin\\left(⟨Z⟩\\right)\\right)",
        run({ size, m }, [dA, Z]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = -(dA[size * i + j] * Math.sin(Z[size * i + j]));
          }
          return dZ;
        },
      },
    ],
  },
  "cross_entropy 10": {
    leaves: [
      {
        name: "Y",
        reads: ["y"],
        shape: ["m", "10"],
        numpy: "Y = np.eye(10)[y]",
        latex: "Y = \\operatorname{onehot}_{10}\\left(y\\right)",
        run({ m }, [y]) {
          const Y = new Float64Array(m * 10);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 10; j++) Y[10 * i + j] = (y[i] === j ? 1 : 0);
          }
          return Y;
        },
      },
    ],
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩"],
        shape: ["m"],
        numpy: "⟨t1⟩ = np.logaddexp.reduce([*⟨O⟩.T])",
        latex: "⟨t1⟩ = \\operatorname{logsumexp}\\left(⟨O⟩[:, j]\\; \\forall j\\right)",
        run({ m }, [O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = logsumexp(O.subarray(10 * i, 10 * i + 10));
          return t1;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "⟨O⟩", "Y", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ - np.einsum('...i,...i->...', ⟨O⟩, Y)).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩ - \\left(\\sum_{j} \\left(⟨O⟩ \\odot Y\\right)[:, j]\\right)\\right)[i]}{m}",
        run({ m }, [t1, O, Y]) {
          let sum = 0;
          for (let i = 0; i < m; i++) {
            let sum2 = 0;
            for (let j = 0; j < 10; j++) sum2 += O[10 * i + j] * Y[10 * i + j];
            sum += t1[i] - sum2;
          }
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "⟨t1⟩", "Y", "m"],
        shape: ["m", "10"],
        numpy: "⟨dO⟩ = (np.exp(⟨O⟩ - ⟨t1⟩[:, None]) - Y) / m",
        latex: "⟨dO⟩ = \\frac{e^{⟨O⟩ - ⟨t1⟩} - Y}{m}",
        run({ m }, [O, t1, Y]) {
          const dO = new Float64Array(m * 10);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 10; j++) dO[10 * i + j] = (Math.exp(O[10 * i + j] - t1[i]) - Y[10 * i + j]) / m;
          }
          return dO;
        },
      },
    ],
  },
  "cross_entropy 2": {
    leaves: [
      {
        name: "Y",
        reads: ["y"],
        shape: ["m", "2"],
        numpy: "Y = np.eye(2)[y]",
        latex: "Y = \\operatorname{onehot}_{2}\\left(y\\right)",
        run({ m }, [y]) {
          const Y = new Float64Array(m * 2);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 2; j++) Y[2 * i + j] = (y[i] === j ? 1 : 0);
          }
          return Y;
        },
      },
    ],
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩"],
        shape: ["m"],
        numpy: "⟨t1⟩ = np.logaddexp.reduce([*⟨O⟩.T])",
        latex: "⟨t1⟩ = \\operatorname{logsumexp}\\left(⟨O⟩[:, j]\\; \\forall j\\right)",
        run({ m }, [O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = logsumexp(O.subarray(2 * i, 2 * i + 2));
          return t1;
        },
      },
      {
        name: "⟨t2⟩",
        reads: ["⟨O⟩", "Y"],
        shape: ["m"],
        numpy: "⟨t2⟩ = ⟨O⟩[:, 0] * Y[:, 0] + ⟨O⟩[:, 1] * Y[:, 1]",
        latex: "⟨t2⟩ = ⟨O⟩[:, 0] \\odot Y[:, 0] + ⟨O⟩[:, 1] \\odot Y[:, 1]",
        run({ m }, [O, Y]) {
          const t2 = new Float64Array(m);
          for (let i = 0; i < m; i++) t2[i] = O[2 * i] * Y[2 * i] + O[2 * i + 1] * Y[2 * i + 1];
          return t2;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "⟨t2⟩", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ - ⟨t2⟩).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩ - ⟨t2⟩\\right)[i]}{m}",
        run({ m }, [t1, t2]) {
          let sum = 0;
          for (let i = 0; i < m; i++) sum += t1[i] - t2[i];
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "⟨t1⟩", "Y", "m"],
        shape: ["m", "2"],
        numpy: "⟨dO⟩ = (np.exp(⟨O⟩ - ⟨t1⟩[:, None]) - Y) / m",
        latex: "⟨dO⟩ = \\frac{e^{⟨O⟩ - ⟨t1⟩} - Y}{m}",
        run({ m }, [O, t1, Y]) {
          const dO = new Float64Array(m * 2);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 2; j++) dO[2 * i + j] = (Math.exp(O[2 * i + j] - t1[i]) - Y[2 * i + j]) / m;
          }
          return dO;
        },
      },
    ],
  },
  "cross_entropy 3": {
    leaves: [
      {
        name: "Y",
        reads: ["y"],
        shape: ["m", "3"],
        numpy: "Y = np.eye(3)[y]",
        latex: "Y = \\operatorname{onehot}_{3}\\left(y\\right)",
        run({ m }, [y]) {
          const Y = new Float64Array(m * 3);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 3; j++) Y[3 * i + j] = (y[i] === j ? 1 : 0);
          }
          return Y;
        },
      },
    ],
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩"],
        shape: ["m"],
        numpy: "⟨t1⟩ = np.logaddexp.reduce([*⟨O⟩.T])",
        latex: "⟨t1⟩ = \\operatorname{logsumexp}\\left(⟨O⟩[:, j]\\; \\forall j\\right)",
        run({ m }, [O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = logsumexp(O.subarray(3 * i, 3 * i + 3));
          return t1;
        },
      },
      {
        name: "⟨t2⟩",
        reads: ["⟨O⟩", "Y"],
        shape: ["m"],
        numpy: "⟨t2⟩ = ⟨O⟩[:, 0] * Y[:, 0] + ⟨O⟩[:, 1] * Y[:, 1] + ⟨O⟩[:, 2] * Y[:, 2]",
        latex: "⟨t2⟩ = ⟨O⟩[:, 0] \\odot Y[:, 0] + ⟨O⟩[:, 1] \\odot Y[:, 1] + ⟨O⟩[:, 2] \\odot Y[:, 2]",
        run({ m }, [O, Y]) {
          const t2 = new Float64Array(m);
          for (let i = 0; i < m; i++) t2[i] = O[3 * i] * Y[3 * i] + O[3 * i + 1] * Y[3 * i + 1] + O[3 * i + 2] * Y[3 * i + 2];
          return t2;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "⟨t2⟩", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ - ⟨t2⟩).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩ - ⟨t2⟩\\right)[i]}{m}",
        run({ m }, [t1, t2]) {
          let sum = 0;
          for (let i = 0; i < m; i++) sum += t1[i] - t2[i];
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "⟨t1⟩", "Y", "m"],
        shape: ["m", "3"],
        numpy: "⟨dO⟩ = (np.exp(⟨O⟩ - ⟨t1⟩[:, None]) - Y) / m",
        latex: "⟨dO⟩ = \\frac{e^{⟨O⟩ - ⟨t1⟩} - Y}{m}",
        run({ m }, [O, t1, Y]) {
          const dO = new Float64Array(m * 3);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 3; j++) dO[3 * i + j] = (Math.exp(O[3 * i + j] - t1[i]) - Y[3 * i + j]) / m;
          }
          return dO;
        },
      },
    ],
  },
  "cross_entropy 4": {
    leaves: [
      {
        name: "Y",
        reads: ["y"],
        shape: ["m", "4"],
        numpy: "Y = np.eye(4)[y]",
        latex: "Y = \\operatorname{onehot}_{4}\\left(y\\right)",
        run({ m }, [y]) {
          const Y = new Float64Array(m * 4);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 4; j++) Y[4 * i + j] = (y[i] === j ? 1 : 0);
          }
          return Y;
        },
      },
    ],
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩"],
        shape: ["m"],
        numpy: "⟨t1⟩ = np.logaddexp.reduce([*⟨O⟩.T])",
        latex: "⟨t1⟩ = \\operatorname{logsumexp}\\left(⟨O⟩[:, j]\\; \\forall j\\right)",
        run({ m }, [O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = logsumexp(O.subarray(4 * i, 4 * i + 4));
          return t1;
        },
      },
      {
        name: "⟨t2⟩",
        reads: ["⟨O⟩", "Y"],
        shape: ["m"],
        numpy: "⟨t2⟩ = ⟨O⟩[:, 0] * Y[:, 0] + ⟨O⟩[:, 1] * Y[:, 1] + ⟨O⟩[:, 2] * Y[:, 2] + ⟨O⟩[:, 3] * Y[:, 3]",
        latex: "⟨t2⟩ = ⟨O⟩[:, 0] \\odot Y[:, 0] + ⟨O⟩[:, 1] \\odot Y[:, 1] + ⟨O⟩[:, 2] \\odot Y[:, 2] + ⟨O⟩[:, 3] \\odot Y[:, 3]",
        run({ m }, [O, Y]) {
          const t2 = new Float64Array(m);
          for (let i = 0; i < m; i++) t2[i] = O[4 * i] * Y[4 * i] + O[4 * i + 1] * Y[4 * i + 1] + O[4 * i + 2] * Y[4 * i + 2] + O[4 * i + 3] * Y[4 * i + 3];
          return t2;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "⟨t2⟩", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ - ⟨t2⟩).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩ - ⟨t2⟩\\right)[i]}{m}",
        run({ m }, [t1, t2]) {
          let sum = 0;
          for (let i = 0; i < m; i++) sum += t1[i] - t2[i];
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "⟨t1⟩", "Y", "m"],
        shape: ["m", "4"],
        numpy: "⟨dO⟩ = (np.exp(⟨O⟩ - ⟨t1⟩[:, None]) - Y) / m",
        latex: "⟨dO⟩ = \\frac{e^{⟨O⟩ - ⟨t1⟩} - Y}{m}",
        run({ m }, [O, t1, Y]) {
          const dO = new Float64Array(m * 4);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 4; j++) dO[4 * i + j] = (Math.exp(O[4 * i + j] - t1[i]) - Y[4 * i + j]) / m;
          }
          return dO;
        },
      },
    ],
  },
  "cross_entropy 5": {
    leaves: [
      {
        name: "Y",
        reads: ["y"],
        shape: ["m", "5"],
        numpy: "Y = np.eye(5)[y]",
        latex: "Y = \\operatorname{onehot}_{5}\\left(y\\right)",
        run({ m }, [y]) {
          const Y = new Float64Array(m * 5);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 5; j++) Y[5 * i + j] = (y[i] === j ? 1 : 0);
          }
          return Y;
        },
      },
    ],
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩"],
        shape: ["m"],
        numpy: "⟨t1⟩ = np.logaddexp.reduce([*⟨O⟩.T])",
        latex: "⟨t1⟩ = \\operatorname{logsumexp}\\left(⟨O⟩[:, j]\\; \\forall j\\right)",
        run({ m }, [O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = logsumexp(O.subarray(5 * i, 5 * i + 5));
          return t1;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "⟨O⟩", "Y", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ - np.einsum('...i,...i->...', ⟨O⟩, Y)).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩ - \\left(\\sum_{j} \\left(⟨O⟩ \\odot Y\\right)[:, j]\\right)\\right)[i]}{m}",
        run({ m }, [t1, O, Y]) {
          let sum = 0;
          for (let i = 0; i < m; i++) {
            let sum2 = 0;
            for (let j = 0; j < 5; j++) sum2 += O[5 * i + j] * Y[5 * i + j];
            sum += t1[i] - sum2;
          }
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "⟨t1⟩", "Y", "m"],
        shape: ["m", "5"],
        numpy: "⟨dO⟩ = (np.exp(⟨O⟩ - ⟨t1⟩[:, None]) - Y) / m",
        latex: "⟨dO⟩ = \\frac{e^{⟨O⟩ - ⟨t1⟩} - Y}{m}",
        run({ m }, [O, t1, Y]) {
          const dO = new Float64Array(m * 5);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 5; j++) dO[5 * i + j] = (Math.exp(O[5 * i + j] - t1[i]) - Y[5 * i + j]) / m;
          }
          return dO;
        },
      },
    ],
  },
  "cross_entropy 6": {
    leaves: [
      {
        name: "Y",
        reads: ["y"],
        shape: ["m", "6"],
        numpy: "Y = np.eye(6)[y]",
        latex: "Y = \\operatorname{onehot}_{6}\\left(y\\right)",
        run({ m }, [y]) {
          const Y = new Float64Array(m * 6);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 6; j++) Y[6 * i + j] = (y[i] === j ? 1 : 0);
          }
          return Y;
        },
      },
    ],
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩"],
        shape: ["m"],
        numpy: "⟨t1⟩ = np.logaddexp.reduce([*⟨O⟩.T])",
        latex: "⟨t1⟩ = \\operatorname{logsumexp}\\left(⟨O⟩[:, j]\\; \\forall j\\right)",
        run({ m }, [O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = logsumexp(O.subarray(6 * i, 6 * i + 6));
          return t1;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "⟨O⟩", "Y", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ - np.einsum('...i,...i->...', ⟨O⟩, Y)).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩ - \\left(\\sum_{j} \\left(⟨O⟩ \\odot Y\\right)[:, j]\\right)\\right)[i]}{m}",
        run({ m }, [t1, O, Y]) {
          let sum = 0;
          for (let i = 0; i < m; i++) {
            let sum2 = 0;
            for (let j = 0; j < 6; j++) sum2 += O[6 * i + j] * Y[6 * i + j];
            sum += t1[i] - sum2;
          }
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "⟨t1⟩", "Y", "m"],
        shape: ["m", "6"],
        numpy: "⟨dO⟩ = (np.exp(⟨O⟩ - ⟨t1⟩[:, None]) - Y) / m",
        latex: "⟨dO⟩ = \\frac{e^{⟨O⟩ - ⟨t1⟩} - Y}{m}",
        run({ m }, [O, t1, Y]) {
          const dO = new Float64Array(m * 6);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 6; j++) dO[6 * i + j] = (Math.exp(O[6 * i + j] - t1[i]) - Y[6 * i + j]) / m;
          }
          return dO;
        },
      },
    ],
  },
  "cross_entropy 7": {
    leaves: [
      {
        name: "Y",
        reads: ["y"],
        shape: ["m", "7"],
        numpy: "Y = np.eye(7)[y]",
        latex: "Y = \\operatorname{onehot}_{7}\\left(y\\right)",
        run({ m }, [y]) {
          const Y = new Float64Array(m * 7);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 7; j++) Y[7 * i + j] = (y[i] === j ? 1 : 0);
          }
          return Y;
        },
      },
    ],
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩"],
        shape: ["m"],
        numpy: "⟨t1⟩ = np.logaddexp.reduce([*⟨O⟩.T])",
        latex: "⟨t1⟩ = \\operatorname{logsumexp}\\left(⟨O⟩[:, j]\\; \\forall j\\right)",
        run({ m }, [O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = logsumexp(O.subarray(7 * i, 7 * i + 7));
          return t1;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "⟨O⟩", "Y", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ - np.einsum('...i,...i->...', ⟨O⟩, Y)).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩ - \\left(\\sum_{j} \\left(⟨O⟩ \\odot Y\\right)[:, j]\\right)\\right)[i]}{m}",
        run({ m }, [t1, O, Y]) {
          let sum = 0;
          for (let i = 0; i < m; i++) {
            let sum2 = 0;
            for (let j = 0; j < 7; j++) sum2 += O[7 * i + j] * Y[7 * i + j];
            sum += t1[i] - sum2;
          }
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "⟨t1⟩", "Y", "m"],
        shape: ["m", "7"],
        numpy: "⟨dO⟩ = (np.exp(⟨O⟩ - ⟨t1⟩[:, None]) - Y) / m",
        latex: "⟨dO⟩ = \\frac{e^{⟨O⟩ - ⟨t1⟩} - Y}{m}",
        run({ m }, [O, t1, Y]) {
          const dO = new Float64Array(m * 7);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 7; j++) dO[7 * i + j] = (Math.exp(O[7 * i + j] - t1[i]) - Y[7 * i + j]) / m;
          }
          return dO;
        },
      },
    ],
  },
  "cross_entropy 8": {
    leaves: [
      {
        name: "Y",
        reads: ["y"],
        shape: ["m", "8"],
        numpy: "Y = np.eye(8)[y]",
        latex: "Y = \\operatorname{onehot}_{8}\\left(y\\right)",
        run({ m }, [y]) {
          const Y = new Float64Array(m * 8);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 8; j++) Y[8 * i + j] = (y[i] === j ? 1 : 0);
          }
          return Y;
        },
      },
    ],
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩"],
        shape: ["m"],
        numpy: "⟨t1⟩ = np.logaddexp.reduce([*⟨O⟩.T])",
        latex: "⟨t1⟩ = \\operatorname{logsumexp}\\left(⟨O⟩[:, j]\\; \\forall j\\right)",
        run({ m }, [O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = logsumexp(O.subarray(8 * i, 8 * i + 8));
          return t1;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "⟨O⟩", "Y", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ - np.einsum('...i,...i->...', ⟨O⟩, Y)).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩ - \\left(\\sum_{j} \\left(⟨O⟩ \\odot Y\\right)[:, j]\\right)\\right)[i]}{m}",
        run({ m }, [t1, O, Y]) {
          let sum = 0;
          for (let i = 0; i < m; i++) {
            let sum2 = 0;
            for (let j = 0; j < 8; j++) sum2 += O[8 * i + j] * Y[8 * i + j];
            sum += t1[i] - sum2;
          }
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "⟨t1⟩", "Y", "m"],
        shape: ["m", "8"],
        numpy: "⟨dO⟩ = (np.exp(⟨O⟩ - ⟨t1⟩[:, None]) - Y) / m",
        latex: "⟨dO⟩ = \\frac{e^{⟨O⟩ - ⟨t1⟩} - Y}{m}",
        run({ m }, [O, t1, Y]) {
          const dO = new Float64Array(m * 8);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 8; j++) dO[8 * i + j] = (Math.exp(O[8 * i + j] - t1[i]) - Y[8 * i + j]) / m;
          }
          return dO;
        },
      },
    ],
  },
  "cross_entropy 9": {
    leaves: [
      {
        name: "Y",
        reads: ["y"],
        shape: ["m", "9"],
        numpy: "Y = np.eye(9)[y]",
        latex: "Y = \\operatorname{onehot}_{9}\\left(y\\right)",
        run({ m }, [y]) {
          const Y = new Float64Array(m * 9);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 9; j++) Y[9 * i + j] = (y[i] === j ? 1 : 0);
          }
          return Y;
        },
      },
    ],
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩"],
        shape: ["m"],
        numpy: "⟨t1⟩ = np.logaddexp.reduce([*⟨O⟩.T])",
        latex: "⟨t1⟩ = \\operatorname{logsumexp}\\left(⟨O⟩[:, j]\\; \\forall j\\right)",
        run({ m }, [O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = logsumexp(O.subarray(9 * i, 9 * i + 9));
          return t1;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "⟨O⟩", "Y", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ - np.einsum('...i,...i->...', ⟨O⟩, Y)).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩ - \\left(\\sum_{j} \\left(⟨O⟩ \\odot Y\\right)[:, j]\\right)\\right)[i]}{m}",
        run({ m }, [t1, O, Y]) {
          let sum = 0;
          for (let i = 0; i < m; i++) {
            let sum2 = 0;
            for (let j = 0; j < 9; j++) sum2 += O[9 * i + j] * Y[9 * i + j];
            sum += t1[i] - sum2;
          }
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨O⟩", "⟨t1⟩", "Y", "m"],
        shape: ["m", "9"],
        numpy: "⟨dO⟩ = (np.exp(⟨O⟩ - ⟨t1⟩[:, None]) - Y) / m",
        latex: "⟨dO⟩ = \\frac{e^{⟨O⟩ - ⟨t1⟩} - Y}{m}",
        run({ m }, [O, t1, Y]) {
          const dO = new Float64Array(m * 9);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < 9; j++) dO[9 * i + j] = (Math.exp(O[9 * i + j] - t1[i]) - Y[9 * i + j]) / m;
          }
          return dO;
        },
      },
    ],
  },
  "elu 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.where(⟨Z⟩ > 0, ⟨Z⟩, 1 * np.expm1(np.minimum(⟨Z⟩, 0.0)))",
        latex: "⟨A⟩ = \\operatorname{elu}\\left(⟨Z⟩, 1\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Z[i] > 0 ? Z[i] : 1 * Math.expm1(Z[i]);
          return A;
        },
      },
    ],
    slopes: [
      {
        name: "⟨t1⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨t1⟩ = np.heaviside(⟨Z⟩, 0.0)",
        latex: "⟨t1⟩ = \\operatorname{step}\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = Z[i] > 0 ? 1 : Z[i] <= 0 ? 0 : NaN;
          return t1;
        },
      },
      {
        name: "⟨t2⟩",
        reads: ["⟨t1⟩", "⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨t2⟩ = ⟨t1⟩ + (1 - ⟨t1⟩) * np.exp(np.minimum(⟨Z⟩, 0))",
        latex: "⟨t2⟩ = ⟨t1⟩ + \\left(1 - ⟨t1⟩\\right) \\odot e^{\\min\\left(⟨Z⟩, 0\\right)}",
        run({ m }, [t1, Z]) {
          const t2 = new Float64Array(m);
          for (let i = 0; i < m; i++) t2[i] = t1[i] + (1 - t1[i]) * Math.exp(Math.min(Z[i], 0));
          return t2;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨t2⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * ⟨t2⟩",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot ⟨t2⟩",
        run({ m }, [dA, t2]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * t2[i];
          return dZ;
        },
      },
    ],
  },
  "elu n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.where(⟨Z⟩ > 0, ⟨Z⟩, 1 * np.expm1(np.minimum(⟨Z⟩, 0.0)))",
        latex: "⟨A⟩ = \\operatorname{elu}\\left(⟨Z⟩, 1\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Z[size * i + j] > 0 ? Z[size * i + j] : 1 * Math.expm1(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    slopes: [
      {
        name: "⟨t1⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨t1⟩ = np.heaviside(⟨Z⟩, 0.0)",
        latex: "⟨t1⟩ = \\operatorname{step}\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const t1 = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) t1[size * i + j] = Z[size * i + j] > 0 ? 1 : Z[size * i + j] <= 0 ? 0 : NaN;
          }
          return t1;
        },
      },
      {
        name: "⟨t2⟩",
        reads: ["⟨t1⟩", "⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨t2⟩ = ⟨t1⟩ + (1 - ⟨t1⟩) * np.exp(np.minimum(⟨Z⟩, 0))",
        latex: "⟨t2⟩ = ⟨t1⟩ + \\left(1 - ⟨t1⟩\\right) \\odot e^{\\min\\left(⟨Z⟩, 0\\right)}",
        run({ size, m }, [t1, Z]) {
          const t2 = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) t2[size * i + j] = t1[size * i + j] + (1 - t1[size * i + j]) * Math.exp(Math.min(Z[size * i + j], 0));
          }
          return t2;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨t2⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * ⟨t2⟩",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot ⟨t2⟩",
        run({ size, m }, [dA, t2]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * t2[size * i + j];
          }
          return dZ;
        },
      },
    ],
  },
  "erf 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = erf(⟨Z⟩)",
        latex: "⟨A⟩ = \\operatorname{erf}\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = erf(Z[i]);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (1.1283791670955126 * np.exp(-(⟨Z⟩ * ⟨Z⟩)))",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(1.1283791670955126 \\cdot e^{-\\left(⟨Z⟩ \\odot ⟨Z⟩\\right)}\\right)",
        run({ m }, [dA, Z]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * (1.1283791670955126 * Math.exp(-(Z[i] * Z[i])));
          return dZ;
        },
      },
    ],
  },
  "erf n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = erf(⟨Z⟩)",
        latex: "⟨A⟩ = \\operatorname{erf}\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = erf(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (1.1283791670955126 * np.exp(-(⟨Z⟩ * ⟨Z⟩)))",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(1.1283791670955126 \\cdot e^{-\\left(⟨Z⟩ \\odot ⟨Z⟩\\right)}\\right)",
        run({ size, m }, [dA, Z]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * (1.1283791670955126 * Math.exp(-(Z[size * i + j] * Z[size * i + j])));
          }
          return dZ;
        },
      },
    ],
  },
  "exp 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.exp(⟨Z⟩)",
        latex: "⟨A⟩ = e^{⟨Z⟩}",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.exp(Z[i]);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨A⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * ⟨A⟩",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot ⟨A⟩",
        run({ m }, [dA, A]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * A[i];
          return dZ;
        },
      },
    ],
  },
  "exp n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.exp(⟨Z⟩)",
        latex: "⟨A⟩ = e^{⟨Z⟩}",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.exp(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨A⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * ⟨A⟩",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot ⟨A⟩",
        run({ size, m }, [dA, A]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * A[size * i + j];
          }
          return dZ;
        },
      },
    ],
  },
  "gelu 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = 0.5 * ⟨Z⟩ * (1 + erf(⟨Z⟩ / np.sqrt(2)))",
        latex: "⟨A⟩ = \\operatorname{gelu}\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = 0.5 * Z[i] * (1 + erf(Z[i] / Math.SQRT2));
          return A;
        },
      },
    ],
    slopes: [
      {
        name: "⟨t1⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨t1⟩ = 0.5 * (1 + erf(⟨Z⟩ / 1.4142135623730951)) + ⟨Z⟩ * np.exp(-(⟨Z⟩ * ⟨Z⟩) / 2) / 2.5066282746310002",
        latex: "⟨t1⟩ = 0.5 \\cdot \\left(1 + \\operatorname{erf}\\left(\\frac{⟨Z⟩}{1.4142135623730951}\\right)\\right) + \\frac{⟨Z⟩ \\odot e^{\\frac{-\\left(⟨Z⟩ \\odot ⟨Z⟩\\right)}{2}}}{2.5066282746310002}",
        run({ m }, [Z]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = 0.5 * (1 + erf(Z[i] / 1.4142135623730951)) + Z[i] * Math.exp(-(Z[i] * Z[i]) / 2) / 2.5066282746310002;
          return t1;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨t1⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * ⟨t1⟩",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot ⟨t1⟩",
        run({ m }, [dA, t1]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * t1[i];
          return dZ;
        },
      },
    ],
  },
  "gelu n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = 0.5 * ⟨Z⟩ * (1 + erf(⟨Z⟩ / np.sqrt(2)))",
        latex: "⟨A⟩ = \\operatorname{gelu}\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = 0.5 * Z[size * i + j] * (1 + erf(Z[size * i + j] / Math.SQRT2));
          }
          return A;
        },
      },
    ],
    slopes: [
      {
        name: "⟨t1⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨t1⟩ = 0.5 * (1 + erf(⟨Z⟩ / 1.4142135623730951)) + ⟨Z⟩ * np.exp(-(⟨Z⟩ * ⟨Z⟩) / 2) / 2.5066282746310002",
        latex: "⟨t1⟩ = 0.5 \\cdot \\left(1 + \\operatorname{erf}\\left(\\frac{⟨Z⟩}{1.4142135623730951}\\right)\\right) + \\frac{⟨Z⟩ \\odot e^{\\frac{-\\left(⟨Z⟩ \\odot ⟨Z⟩\\right)}{2}}}{2.5066282746310002}",
        run({ size, m }, [Z]) {
          const t1 = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) t1[size * i + j] = 0.5 * (1 + erf(Z[size * i + j] / 1.4142135623730951)) + Z[size * i + j] * Math.exp(-(Z[size * i + j] * Z[size * i + j]) / 2) / 2.5066282746310002;
          }
          return t1;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨t1⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * ⟨t1⟩",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot ⟨t1⟩",
        run({ size, m }, [dA, t1]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * t1[size * i + j];
          }
          return dZ;
        },
      },
    ],
  },
  "hinge 1": {
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["Y", "⟨O⟩"],
        shape: ["m", "1"],
        numpy: "⟨t1⟩ = 1 - Y[:, None] * ⟨O⟩",
        latex: "⟨t1⟩ = 1 - Y \\odot ⟨O⟩",
        run({ m }, [Y, O]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = 1 - Y[i] * O[i];
          return t1;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "m"],
        shape: [],
        numpy: "loss = np.maximum(⟨t1⟩, 0.0).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\operatorname{relu}\\left(⟨t1⟩\\right)[i]}{m}",
        run({ m }, [t1]) {
          let sum = 0;
          for (let i = 0; i < m; i++) sum += Math.max(t1[i], 0);
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨t1⟩", "Y", "m"],
        shape: ["m", "1"],
        numpy: "⟨dO⟩ = -((⟨t1⟩ > 0) * Y[:, None]) / m",
        latex: "⟨dO⟩ = \\frac{-\\left(\\operatorname{step}\\left(⟨t1⟩\\right) \\odot Y\\right)}{m}",
        run({ m }, [t1, Y]) {
          const dO = new Float64Array(m);
          for (let i = 0; i < m; i++) dO[i] = -((t1[i] > 0) * Y[i]) / m;
          return dO;
        },
      },
    ],
  },
  "leaky_relu 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.where(⟨Z⟩ > 0, ⟨Z⟩, 0.01 * ⟨Z⟩)",
        latex: "⟨A⟩ = \\operatorname{leaky\\_relu}\\left(⟨Z⟩, 0.01\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Z[i] > 0 ? Z[i] : 0.01 * Z[i];
          return A;
        },
      },
    ],
    slopes: [
      {
        name: "⟨t1⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨t1⟩ = np.heaviside(⟨Z⟩, 0.0)",
        latex: "⟨t1⟩ = \\operatorname{step}\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = Z[i] > 0 ? 1 : Z[i] <= 0 ? 0 : NaN;
          return t1;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨t1⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (⟨t1⟩ + (1 - ⟨t1⟩) * 0.01)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(⟨t1⟩ + \\left(1 - ⟨t1⟩\\right) \\cdot 0.01\\right)",
        run({ m }, [dA, t1]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * (t1[i] + (1 - t1[i]) * 0.01);
          return dZ;
        },
      },
    ],
  },
  "leaky_relu n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.where(⟨Z⟩ > 0, ⟨Z⟩, 0.01 * ⟨Z⟩)",
        latex: "⟨A⟩ = \\operatorname{leaky\\_relu}\\left(⟨Z⟩, 0.01\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Z[size * i + j] > 0 ? Z[size * i + j] : 0.01 * Z[size * i + j];
          }
          return A;
        },
      },
    ],
    slopes: [
      {
        name: "⟨t1⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨t1⟩ = np.heaviside(⟨Z⟩, 0.0)",
        latex: "⟨t1⟩ = \\operatorname{step}\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const t1 = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) t1[size * i + j] = Z[size * i + j] > 0 ? 1 : Z[size * i + j] <= 0 ? 0 : NaN;
          }
          return t1;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨t1⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (⟨t1⟩ + (1 - ⟨t1⟩) * 0.01)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(⟨t1⟩ + \\left(1 - ⟨t1⟩\\right) \\cdot 0.01\\right)",
        run({ size, m }, [dA, t1]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * (t1[size * i + j] + (1 - t1[size * i + j]) * 0.01);
          }
          return dZ;
        },
      },
    ],
  },
  "log 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.log(⟨Z⟩)",
        latex: "⟨A⟩ = \\ln\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.log(Z[i]);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ / ⟨Z⟩",
        latex: "⟨dZ⟩ = \\frac{⟨dA⟩}{⟨Z⟩}",
        run({ m }, [dA, Z]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] / Z[i];
          return dZ;
        },
      },
    ],
  },
  "log n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.log(⟨Z⟩)",
        latex: "⟨A⟩ = \\ln\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.log(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ / ⟨Z⟩",
        latex: "⟨dZ⟩ = \\frac{⟨dA⟩}{⟨Z⟩}",
        run({ size, m }, [dA, Z]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] / Z[size * i + j];
          }
          return dZ;
        },
      },
    ],
  },
  "mse 1": {
    loss: [
      {
        name: "⟨t1⟩",
        reads: ["⟨O⟩", "Y"],
        shape: ["m", "1"],
        numpy: "⟨t1⟩ = ⟨O⟩ - Y[:, None]",
        latex: "⟨t1⟩ = ⟨O⟩ - Y",
        run({ m }, [O, Y]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = O[i] - Y[i];
          return t1;
        },
      },
      {
        name: "loss",
        reads: ["⟨t1⟩", "m"],
        shape: [],
        numpy: "loss = (⟨t1⟩ ** 2).sum() / m",
        latex: "\\mathrm{loss} = \\frac{\\sum_{i} \\left(⟨t1⟩^{\\odot 2}\\right)[i]}{m}",
        run({ m }, [t1]) {
          let sum = 0;
          for (let i = 0; i < m; i++) sum += power(t1[i], 2);
          const loss = sum / m;
          return loss;
        },
      },
    ],
    backward: [
      {
        name: "⟨dO⟩",
        reads: ["⟨t1⟩", "m"],
        shape: ["m", "1"],
        numpy: "⟨dO⟩ = 2 * ⟨t1⟩ / m",
        latex: "⟨dO⟩ = \\frac{2 \\cdot ⟨t1⟩}{m}",
        run({ m }, [t1]) {
          const dO = new Float64Array(m);
          for (let i = 0; i < m; i++) dO[i] = 2 * t1[i] / m;
          return dO;
        },
      },
    ],
  },
  "relu 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.maximum(⟨Z⟩, 0.0)",
        latex: "⟨A⟩ = \\operatorname{relu}\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.max(Z[i], 0);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (⟨Z⟩ > 0)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\operatorname{step}\\left(⟨Z⟩\\right)",
        run({ m }, [dA, Z]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * (Z[i] > 0);
          return dZ;
        },
      },
    ],
  },
  "relu n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.maximum(⟨Z⟩, 0.0)",
        latex: "⟨A⟩ = \\operatorname{relu}\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.max(Z[size * i + j], 0);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (⟨Z⟩ > 0)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\operatorname{step}\\left(⟨Z⟩\\right)",
        run({ size, m }, [dA, Z]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * (Z[size * i + j] > 0);
          }
          return dZ;
        },
      },
    ],
  },
  "samples 1": {
    leaves: [
      {
        name: "m",
        reads: ["⟨I⟩"],
        shape: [],
        numpy: "m = len(⟨I⟩)",
        latex: "m = \\operatorname{rows}\\left(⟨I⟩\\right)",
        run(_, [I]) {
          const m = I.length;
          return m;
        },
      },
    ],
  },
  "samples n": {
    leaves: [
      {
        name: "m",
        reads: ["⟨I⟩"],
        shape: [],
        numpy: "m = len(⟨I⟩)",
        latex: "m = \\operatorname{rows}\\left(⟨I⟩\\right)",
        run({ inputs }, [I]) {
          const m = I.length / inputs;
          return m;
        },
      },
    ],
  },
  "sigmoid 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = 1 / (1 + np.exp(-⟨Z⟩))",
        latex: "⟨A⟩ = \\sigma\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = 1 / (1 + Math.exp(-Z[i]));
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨A⟩", "⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (⟨A⟩ * (1 / (1 + np.exp(⟨Z⟩))))",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(⟨A⟩ \\odot \\sigma\\left(-⟨Z⟩\\right)\\right)",
        run({ m }, [dA, A, Z]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * (A[i] * (1 / (1 + Math.exp(Z[i]))));
          return dZ;
        },
      },
    ],
  },
  "sigmoid n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = 1 / (1 + np.exp(-⟨Z⟩))",
        latex: "⟨A⟩ = \\sigma\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = 1 / (1 + Math.exp(-Z[size * i + j]));
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨A⟩", "⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (⟨A⟩ * (1 / (1 + np.exp(⟨Z⟩))))",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(⟨A⟩ \\odot \\sigma\\left(-⟨Z⟩\\right)\\right)",
        run({ size, m }, [dA, A, Z]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * (A[size * i + j] * (1 / (1 + Math.exp(Z[size * i + j]))));
          }
          return dZ;
        },
      },
    ],
  },
  "sign 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.sign(⟨Z⟩)",
        latex: "⟨A⟩ = \\operatorname{sign}\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.sign(Z[i]);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * 0",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\cdot 0",
        run({ m }, [dA]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * 0;
          return dZ;
        },
      },
    ],
  },
  "sign n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.sign(⟨Z⟩)",
        latex: "⟨A⟩ = \\operatorname{sign}\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.sign(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * 0",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\cdot 0",
        run({ size, m }, [dA]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * 0;
          }
          return dZ;
        },
      },
    ],
  },
  "silu 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = ⟨Z⟩ / (1 + np.exp(-⟨Z⟩))",
        latex: "⟨A⟩ = \\operatorname{silu}\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Z[i] / (1 + Math.exp(-Z[i]));
          return A;
        },
      },
    ],
    slopes: [
      {
        name: "⟨t1⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨t1⟩ = (1 / (1 + np.exp(-⟨Z⟩))) * (1 + ⟨Z⟩ * (1 / (1 + np.exp(⟨Z⟩))))",
        latex: "⟨t1⟩ = \\sigma\\left(⟨Z⟩\\right) \\odot \\left(1 + ⟨Z⟩ \\odot \\sigma\\left(-⟨Z⟩\\right)\\right)",
        run({ m }, [Z]) {
          const t1 = new Float64Array(m);
          for (let i = 0; i < m; i++) t1[i] = (1 / (1 + Math.exp(-Z[i]))) * (1 + Z[i] * (1 / (1 + Math.exp(Z[i]))));
          return t1;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨t1⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * ⟨t1⟩",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot ⟨t1⟩",
        run({ m }, [dA, t1]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * t1[i];
          return dZ;
        },
      },
    ],
  },
  "silu n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = ⟨Z⟩ / (1 + np.exp(-⟨Z⟩))",
        latex: "⟨A⟩ = \\operatorname{silu}\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Z[size * i + j] / (1 + Math.exp(-Z[size * i + j]));
          }
          return A;
        },
      },
    ],
    slopes: [
      {
        name: "⟨t1⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨t1⟩ = (1 / (1 + np.exp(-⟨Z⟩))) * (1 + ⟨Z⟩ * (1 / (1 + np.exp(⟨Z⟩))))",
        latex: "⟨t1⟩ = \\sigma\\left(⟨Z⟩\\right) \\odot \\left(1 + ⟨Z⟩ \\odot \\sigma\\left(-⟨Z⟩\\right)\\right)",
        run({ size, m }, [Z]) {
          const t1 = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) t1[size * i + j] = (1 / (1 + Math.exp(-Z[size * i + j]))) * (1 + Z[size * i + j] * (1 / (1 + Math.exp(Z[size * i + j]))));
          }
          return t1;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨t1⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * ⟨t1⟩",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot ⟨t1⟩",
        run({ size, m }, [dA, t1]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * t1[size * i + j];
          }
          return dZ;
        },
      },
    ],
  },
  "sin 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.sin(⟨Z⟩)",
        latex: "⟨A⟩ = \\sin\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.sin(Z[i]);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * np.cos(⟨Z⟩)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\cos\\left(⟨Z⟩\\right)",
        run({ m }, [dA, Z]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * Math.cos(Z[i]);
          return dZ;
        },
      },
    ],
  },
  "sin n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.sin(⟨Z⟩)",
        latex: "⟨A⟩ = \\sin\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.sin(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * np.cos(⟨Z⟩)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\cos\\left(⟨Z⟩\\right)",
        run({ size, m }, [dA, Z]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * Math.cos(Z[size * i + j]);
          }
          return dZ;
        },
      },
    ],
  },
  "softplus 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.logaddexp(0.0, ⟨Z⟩)",
        latex: "⟨A⟩ = \\operatorname{softplus}\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.max(Z[i], 0) + Math.log1p(Math.exp(-Math.abs(Z[i])));
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (1 / (1 + np.exp(-⟨Z⟩)))",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\sigma\\left(⟨Z⟩\\right)",
        run({ m }, [dA, Z]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * (1 / (1 + Math.exp(-Z[i])));
          return dZ;
        },
      },
    ],
  },
  "softplus n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.logaddexp(0.0, ⟨Z⟩)",
        latex: "⟨A⟩ = \\operatorname{softplus}\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.max(Z[size * i + j], 0) + Math.log1p(Math.exp(-Math.abs(Z[size * i + j])));
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (1 / (1 + np.exp(-⟨Z⟩)))",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\sigma\\left(⟨Z⟩\\right)",
        run({ size, m }, [dA, Z]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * (1 / (1 + Math.exp(-Z[size * i + j])));
          }
          return dZ;
        },
      },
    ],
  },
  "sqrt 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.sqrt(⟨Z⟩)",
        latex: "⟨A⟩ = \\sqrt{⟨Z⟩}",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.sqrt(Z[i]);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨A⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (0.5 / ⟨A⟩)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(\\frac{0.5}{⟨A⟩}\\right)",
        run({ m }, [dA, A]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * (0.5 / A[i]);
          return dZ;
        },
      },
    ],
  },
  "sqrt n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.sqrt(⟨Z⟩)",
        latex: "⟨A⟩ = \\sqrt{⟨Z⟩}",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.sqrt(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨A⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (0.5 / ⟨A⟩)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(\\frac{0.5}{⟨A⟩}\\right)",
        run({ size, m }, [dA, A]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * (0.5 / A[size * i + j]);
          }
          return dZ;
        },
      },
    ],
  },
  "step 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.heaviside(⟨Z⟩, 0.0)",
        latex: "⟨A⟩ = \\operatorname{step}\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Z[i] > 0 ? 1 : Z[i] <= 0 ? 0 : NaN;
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * 0",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\cdot 0",
        run({ m }, [dA]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * 0;
          return dZ;
        },
      },
    ],
  },
  "step n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.heaviside(⟨Z⟩, 0.0)",
        latex: "⟨A⟩ = \\operatorname{step}\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Z[size * i + j] > 0 ? 1 : Z[size * i + j] <= 0 ? 0 : NaN;
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * 0",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\cdot 0",
        run({ size, m }, [dA]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * 0;
          }
          return dZ;
        },
      },
    ],
  },
  "tanh 1": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "1"],
        numpy: "⟨A⟩ = np.tanh(⟨Z⟩)",
        latex: "⟨A⟩ = \\tanh\\left(⟨Z⟩\\right)",
        run({ m }, [Z]) {
          const A = new Float64Array(m);
          for (let i = 0; i < m; i++) A[i] = Math.tanh(Z[i]);
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨A⟩"],
        shape: ["m", "1"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (1 - ⟨A⟩ * ⟨A⟩)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(1 - ⟨A⟩ \\odot ⟨A⟩\\right)",
        run({ m }, [dA, A]) {
          const dZ = new Float64Array(m);
          for (let i = 0; i < m; i++) dZ[i] = dA[i] * (1 - A[i] * A[i]);
          return dZ;
        },
      },
    ],
  },
  "tanh n": {
    forward: [
      {
        name: "⟨A⟩",
        reads: ["⟨Z⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨A⟩ = np.tanh(⟨Z⟩)",
        latex: "⟨A⟩ = \\tanh\\left(⟨Z⟩\\right)",
        run({ size, m }, [Z]) {
          const A = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) A[size * i + j] = Math.tanh(Z[size * i + j]);
          }
          return A;
        },
      },
    ],
    backward: [
      {
        name: "⟨dZ⟩",
        reads: ["⟨dA⟩", "⟨A⟩"],
        shape: ["m", "⟨size⟩"],
        numpy: "⟨dZ⟩ = ⟨dA⟩ * (1 - ⟨A⟩ * ⟨A⟩)",
        latex: "⟨dZ⟩ = ⟨dA⟩ \\odot \\left(1 - ⟨A⟩ \\odot ⟨A⟩\\right)",
        run({ size, m }, [dA, A]) {
          const dZ = new Float64Array(m * size);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < size; j++) dZ[size * i + j] = dA[size * i + j] * (1 - A[size * i + j] * A[size * i + j]);
          }
          return dZ;
        },
      },
    ],
  },
  "weights first 11": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨W⟩ = P[0]",
        latex: "⟨W⟩ = P[0]",
        run(_, [P]) {
          const W = P[0];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨b⟩ = P[1]",
        latex: "⟨b⟩ = P[1]",
        run(_, [P]) {
          const b = P[1];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[0] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[0] = ⟨dW⟩",
        run(_, [dW, gradient]) {
          gradient[0] = dW;
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[1] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[1] = ⟨db⟩",
        run(_, [db, gradient]) {
          gradient[1] = db;
        },
      },
    ],
  },
  "weights first 1n": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨W⟩ = P[:⟨last⟩:2]",
        latex: "⟨W⟩ = P[:⟨last⟩:2]",
        run({ size }, [P]) {
          const W = new Float64Array(size);
          for (let i = 0; i < size; i++) W[i] = P[2 * i];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨b⟩ = P[1:⟨stop⟩:2]",
        latex: "⟨b⟩ = P[1:⟨stop⟩:2]",
        run({ size }, [P]) {
          const b = new Float64Array(size);
          for (let i = 0; i < size; i++) b[i] = P[1 + 2 * i];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[:⟨last⟩:2] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[:⟨last⟩:2] = ⟨dW⟩",
        run({ size }, [dW, gradient]) {
          for (let i = 0; i < size; i++) gradient[2 * i] = dW[i];
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[1:⟨stop⟩:2] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[1:⟨stop⟩:2] = ⟨db⟩",
        run({ size }, [db, gradient]) {
          for (let i = 0; i < size; i++) gradient[1 + 2 * i] = db[i];
        },
      },
    ],
  },
  "weights first n1": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["1", "⟨inputs⟩"],
        numpy: "⟨W⟩ = P[:⟨inputs⟩][None, :]",
        latex: "⟨W⟩ = P[:⟨inputs⟩]^{\\top}",
        run({ inputs }, [P]) {
          const W = new Float64Array(inputs);
          for (let j = 0; j < inputs; j++) W[j] = P[j];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨b⟩ = P[⟨inputs⟩]",
        latex: "⟨b⟩ = P[⟨inputs⟩]",
        run({ inputs }, [P]) {
          const b = P[inputs];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[:⟨inputs⟩] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[:⟨inputs⟩] = ⟨dW⟩",
        run({ inputs }, [dW, gradient]) {
          for (let i = 0; i < inputs; i++) gradient[i] = dW[i];
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨inputs⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨inputs⟩] = ⟨db⟩",
        run({ inputs }, [db, gradient]) {
          gradient[inputs] = db;
        },
      },
    ],
  },
  "weights first nn": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["⟨size⟩", "⟨inputs⟩"],
        numpy: "⟨W⟩ = P[:⟨to⟩].reshape(⟨size⟩, ⟨row⟩)[:, :⟨inputs⟩]",
        latex: "⟨W⟩ = \\operatorname{reshape}_{⟨size⟩ \\times ⟨row⟩}\\left(P[:⟨to⟩]\\right)[:, :⟨inputs⟩]",
        run({ inputs, size, row }, [P]) {
          const W = new Float64Array(size * inputs);
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < inputs; j++) W[inputs * i + j] = P[row * i + j];
          }
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨b⟩ = P[⟨inputs⟩:⟨stop⟩:⟨row⟩]",
        latex: "⟨b⟩ = P[⟨inputs⟩:⟨stop⟩:⟨row⟩]",
        run({ inputs, size, row }, [P]) {
          const b = new Float64Array(size);
          for (let i = 0; i < size; i++) b[i] = P[inputs + row * i];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[:⟨to⟩].reshape(⟨size⟩, ⟨row⟩)[:, :⟨inputs⟩] = ⟨dW⟩",
        latex: "\\operatorname{reshape}_{⟨size⟩ \\times ⟨row⟩}\\left(\\nabla\\mathrm{loss}[:⟨to⟩]\\right)[:, :⟨inputs⟩] = ⟨dW⟩",
        run({ inputs, size, row }, [dW, gradient]) {
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < inputs; j++) gradient[row * i + j] = dW[inputs * i + j];
          }
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨inputs⟩:⟨stop⟩:⟨row⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨inputs⟩:⟨stop⟩:⟨row⟩] = ⟨db⟩",
        run({ inputs, size, row }, [db, gradient]) {
          for (let i = 0; i < size; i++) gradient[inputs + row * i] = db[i];
        },
      },
    ],
  },
  "weights last 11": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨W⟩ = P[⟨from⟩]",
        latex: "⟨W⟩ = P[⟨from⟩]",
        run({ from }, [P]) {
          const W = P[from];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨b⟩ = P[⟨bias⟩]",
        latex: "⟨b⟩ = P[⟨bias⟩]",
        run({ bias }, [P]) {
          const b = P[bias];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨from⟩] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[⟨from⟩] = ⟨dW⟩",
        run({ from }, [dW, gradient]) {
          gradient[from] = dW;
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨bias⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨bias⟩] = ⟨db⟩",
        run({ bias }, [db, gradient]) {
          gradient[bias] = db;
        },
      },
    ],
  },
  "weights last 1n": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨W⟩ = P[⟨from⟩::2]",
        latex: "⟨W⟩ = P[⟨from⟩::2]",
        run({ size, from }, [P]) {
          const W = new Float64Array(size);
          for (let i = 0; i < size; i++) W[i] = P[from + 2 * i];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨b⟩ = P[⟨bias⟩::2]",
        latex: "⟨b⟩ = P[⟨bias⟩::2]",
        run({ size, bias }, [P]) {
          const b = new Float64Array(size);
          for (let i = 0; i < size; i++) b[i] = P[bias + 2 * i];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨from⟩::2] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[⟨from⟩::2] = ⟨dW⟩",
        run({ size, from }, [dW, gradient]) {
          for (let i = 0; i < size; i++) gradient[from + 2 * i] = dW[i];
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨bias⟩::2] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨bias⟩::2] = ⟨db⟩",
        run({ size, bias }, [db, gradient]) {
          for (let i = 0; i < size; i++) gradient[bias + 2 * i] = db[i];
        },
      },
    ],
  },
  "weights last n1": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["1", "⟨inputs⟩"],
        numpy: "⟨W⟩ = P[⟨from⟩:⟨bias⟩][None, :]",
        latex: "⟨W⟩ = P[⟨from⟩:⟨bias⟩]^{\\top}",
        run({ inputs, from }, [P]) {
          const W = new Float64Array(inputs);
          for (let j = 0; j < inputs; j++) W[j] = P[from + j];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨b⟩ = P[⟨bias⟩]",
        latex: "⟨b⟩ = P[⟨bias⟩]",
        run({ bias }, [P]) {
          const b = P[bias];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨from⟩:⟨bias⟩] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[⟨from⟩:⟨bias⟩] = ⟨dW⟩",
        run({ inputs, from }, [dW, gradient]) {
          for (let i = 0; i < inputs; i++) gradient[from + i] = dW[i];
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨bias⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨bias⟩] = ⟨db⟩",
        run({ bias }, [db, gradient]) {
          gradient[bias] = db;
        },
      },
    ],
  },
  "weights last nn": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["⟨size⟩", "⟨inputs⟩"],
        numpy: "⟨W⟩ = P[⟨from⟩:].reshape(⟨size⟩, ⟨row⟩)[:, :⟨inputs⟩]",
        latex: "⟨W⟩ = \\operatorname{reshape}_{⟨size⟩ \\times ⟨row⟩}\\left(P[⟨from⟩:]\\right)[:, :⟨inputs⟩]",
        run({ inputs, size, row, from }, [P]) {
          const W = new Float64Array(size * inputs);
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < inputs; j++) W[inputs * i + j] = P[from + row * i + j];
          }
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨b⟩ = P[⟨bias⟩::⟨row⟩]",
        latex: "⟨b⟩ = P[⟨bias⟩::⟨row⟩]",
        run({ size, row, bias }, [P]) {
          const b = new Float64Array(size);
          for (let i = 0; i < size; i++) b[i] = P[bias + row * i];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨from⟩:].reshape(⟨size⟩, ⟨row⟩)[:, :⟨inputs⟩] = ⟨dW⟩",
        latex: "\\operatorname{reshape}_{⟨size⟩ \\times ⟨row⟩}\\left(\\nabla\\mathrm{loss}[⟨from⟩:]\\right)[:, :⟨inputs⟩] = ⟨dW⟩",
        run({ inputs, size, row, from }, [dW, gradient]) {
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < inputs; j++) gradient[from + row * i + j] = dW[inputs * i + j];
          }
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨bias⟩::⟨row⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨bias⟩::⟨row⟩] = ⟨db⟩",
        run({ size, row, bias }, [db, gradient]) {
          for (let i = 0; i < size; i++) gradient[bias + row * i] = db[i];
        },
      },
    ],
  },
  "weights middle 11": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨W⟩ = P[⟨from⟩]",
        latex: "⟨W⟩ = P[⟨from⟩]",
        run({ from }, [P]) {
          const W = P[from];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨b⟩ = P[⟨bias⟩]",
        latex: "⟨b⟩ = P[⟨bias⟩]",
        run({ bias }, [P]) {
          const b = P[bias];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨from⟩] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[⟨from⟩] = ⟨dW⟩",
        run({ from }, [dW, gradient]) {
          gradient[from] = dW;
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨bias⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨bias⟩] = ⟨db⟩",
        run({ bias }, [db, gradient]) {
          gradient[bias] = db;
        },
      },
    ],
  },
  "weights middle 1n": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨W⟩ = P[⟨from⟩:⟨last⟩:2]",
        latex: "⟨W⟩ = P[⟨from⟩:⟨last⟩:2]",
        run({ size, from }, [P]) {
          const W = new Float64Array(size);
          for (let i = 0; i < size; i++) W[i] = P[from + 2 * i];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨b⟩ = P[⟨bias⟩:⟨stop⟩:2]",
        latex: "⟨b⟩ = P[⟨bias⟩:⟨stop⟩:2]",
        run({ size, bias }, [P]) {
          const b = new Float64Array(size);
          for (let i = 0; i < size; i++) b[i] = P[bias + 2 * i];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨from⟩:⟨last⟩:2] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[⟨from⟩:⟨last⟩:2] = ⟨dW⟩",
        run({ size, from }, [dW, gradient]) {
          for (let i = 0; i < size; i++) gradient[from + 2 * i] = dW[i];
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨bias⟩:⟨stop⟩:2] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨bias⟩:⟨stop⟩:2] = ⟨db⟩",
        run({ size, bias }, [db, gradient]) {
          for (let i = 0; i < size; i++) gradient[bias + 2 * i] = db[i];
        },
      },
    ],
  },
  "weights middle n1": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["1", "⟨inputs⟩"],
        numpy: "⟨W⟩ = P[⟨from⟩:⟨bias⟩][None, :]",
        latex: "⟨W⟩ = P[⟨from⟩:⟨bias⟩]^{\\top}",
        run({ inputs, from }, [P]) {
          const W = new Float64Array(inputs);
          for (let j = 0; j < inputs; j++) W[j] = P[from + j];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨b⟩ = P[⟨bias⟩]",
        latex: "⟨b⟩ = P[⟨bias⟩]",
        run({ bias }, [P]) {
          const b = P[bias];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨from⟩:⟨bias⟩] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[⟨from⟩:⟨bias⟩] = ⟨dW⟩",
        run({ inputs, from }, [dW, gradient]) {
          for (let i = 0; i < inputs; i++) gradient[from + i] = dW[i];
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨bias⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨bias⟩] = ⟨db⟩",
        run({ bias }, [db, gradient]) {
          gradient[bias] = db;
        },
      },
    ],
  },
  "weights middle nn": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["⟨size⟩", "⟨inputs⟩"],
        numpy: "⟨W⟩ = P[⟨from⟩:⟨to⟩].reshape(⟨size⟩, ⟨row⟩)[:, :⟨inputs⟩]",
        latex: "⟨W⟩ = \\operatorname{reshape}_{⟨size⟩ \\times ⟨row⟩}\\left(P[⟨from⟩:⟨to⟩]\\right)[:, :⟨inputs⟩]",
        run({ inputs, size, row, from }, [P]) {
          const W = new Float64Array(size * inputs);
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < inputs; j++) W[inputs * i + j] = P[from + row * i + j];
          }
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨b⟩ = P[⟨bias⟩:⟨stop⟩:⟨row⟩]",
        latex: "⟨b⟩ = P[⟨bias⟩:⟨stop⟩:⟨row⟩]",
        run({ size, row, bias }, [P]) {
          const b = new Float64Array(size);
          for (let i = 0; i < size; i++) b[i] = P[bias + row * i];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨from⟩:⟨to⟩].reshape(⟨size⟩, ⟨row⟩)[:, :⟨inputs⟩] = ⟨dW⟩",
        latex: "\\operatorname{reshape}_{⟨size⟩ \\times ⟨row⟩}\\left(\\nabla\\mathrm{loss}[⟨from⟩:⟨to⟩]\\right)[:, :⟨inputs⟩] = ⟨dW⟩",
        run({ inputs, size, row, from }, [dW, gradient]) {
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < inputs; j++) gradient[from + row * i + j] = dW[inputs * i + j];
          }
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨bias⟩:⟨stop⟩:⟨row⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨bias⟩:⟨stop⟩:⟨row⟩] = ⟨db⟩",
        run({ size, row, bias }, [db, gradient]) {
          for (let i = 0; i < size; i++) gradient[bias + row * i] = db[i];
        },
      },
    ],
  },
  "weights only 11": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨W⟩ = P[0]",
        latex: "⟨W⟩ = P[0]",
        run(_, [P]) {
          const W = P[0];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨b⟩ = P[1]",
        latex: "⟨b⟩ = P[1]",
        run(_, [P]) {
          const b = P[1];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[0] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[0] = ⟨dW⟩",
        run(_, [dW, gradient]) {
          gradient[0] = dW;
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[1] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[1] = ⟨db⟩",
        run(_, [db, gradient]) {
          gradient[1] = db;
        },
      },
    ],
  },
  "weights only 1n": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨W⟩ = P[::2]",
        latex: "⟨W⟩ = P[::2]",
        run({ size }, [P]) {
          const W = new Float64Array(size);
          for (let i = 0; i < size; i++) W[i] = P[2 * i];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨b⟩ = P[1::2]",
        latex: "⟨b⟩ = P[1::2]",
        run({ size }, [P]) {
          const b = new Float64Array(size);
          for (let i = 0; i < size; i++) b[i] = P[1 + 2 * i];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[::2] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[::2] = ⟨dW⟩",
        run({ size }, [dW, gradient]) {
          for (let i = 0; i < size; i++) gradient[2 * i] = dW[i];
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[1::2] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[1::2] = ⟨db⟩",
        run({ size }, [db, gradient]) {
          for (let i = 0; i < size; i++) gradient[1 + 2 * i] = db[i];
        },
      },
    ],
  },
  "weights only n1": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["1", "⟨inputs⟩"],
        numpy: "⟨W⟩ = P[:⟨inputs⟩][None, :]",
        latex: "⟨W⟩ = P[:⟨inputs⟩]^{\\top}",
        run({ inputs }, [P]) {
          const W = new Float64Array(inputs);
          for (let j = 0; j < inputs; j++) W[j] = P[j];
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: [],
        numpy: "⟨b⟩ = P[⟨inputs⟩]",
        latex: "⟨b⟩ = P[⟨inputs⟩]",
        run({ inputs }, [P]) {
          const b = P[inputs];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient[:⟨inputs⟩] = ⟨dW⟩",
        latex: "\\nabla\\mathrm{loss}[:⟨inputs⟩] = ⟨dW⟩",
        run({ inputs }, [dW, gradient]) {
          for (let i = 0; i < inputs; i++) gradient[i] = dW[i];
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨inputs⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨inputs⟩] = ⟨db⟩",
        run({ inputs }, [db, gradient]) {
          gradient[inputs] = db;
        },
      },
    ],
  },
  "weights only nn": {
    leaves: [
      {
        name: "⟨W⟩",
        reads: ["P"],
        shape: ["⟨size⟩", "⟨inputs⟩"],
        numpy: "⟨W⟩ = P.reshape(⟨size⟩, ⟨row⟩)[:, :⟨inputs⟩]",
        latex: "⟨W⟩ = \\operatorname{reshape}_{⟨size⟩ \\times ⟨row⟩}\\left(P\\right)[:, :⟨inputs⟩]",
        run({ inputs, size, row }, [P]) {
          const W = new Float64Array(size * inputs);
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < inputs; j++) W[inputs * i + j] = P[row * i + j];
          }
          return W;
        },
      },
      {
        name: "⟨b⟩",
        reads: ["P"],
        shape: ["⟨size⟩"],
        numpy: "⟨b⟩ = P[⟨inputs⟩::⟨row⟩]",
        latex: "⟨b⟩ = P[⟨inputs⟩::⟨row⟩]",
        run({ inputs, size, row }, [P]) {
          const b = new Float64Array(size);
          for (let i = 0; i < size; i++) b[i] = P[inputs + row * i];
          return b;
        },
      },
    ],
    parts: [
      {
        name: "gradient",
        reads: ["⟨dW⟩", "gradient"],
        shape: [],
        numpy: "gradient.reshape(⟨size⟩, ⟨row⟩)[:, :⟨inputs⟩] = ⟨dW⟩",
        latex: "\\operatorname{reshape}_{⟨size⟩ \\times ⟨row⟩}\\left(\\nabla\\mathrm{loss}\\right)[:, :⟨inputs⟩] = ⟨dW⟩",
        run({ inputs, size, row }, [dW, gradient]) {
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < inputs; j++) gradient[row * i + j] = dW[inputs * i + j];
          }
        },
      },
      {
        name: "gradient",
        reads: ["⟨db⟩", "gradient"],
        shape: [],
        numpy: "gradient[⟨inputs⟩::⟨row⟩] = ⟨db⟩",
        latex: "\\nabla\\mathrm{loss}[⟨inputs⟩::⟨row⟩] = ⟨db⟩",
        run({ inputs, size, row }, [db, gradient]) {
          for (let i = 0; i < size; i++) gradient[inputs + row * i] = db[i];
        },
      },
    ],
  },
};
