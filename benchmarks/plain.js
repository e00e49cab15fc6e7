// MLP(2, [16, 16, 1]) with tanh and hinge loss, without any library, as two people would write it:
//
//   byHand(P, X, Y, m, lr)     loops over arrays of numbers, for this one network
//   netOf(P)                   an object for each neuron and each weight, as TensorFlow Playground has them
//   stepOf(net, X, Y, m, lr)   a step of such a network on one batch
//   parametersOf(net)          its numbers, in the order of model.parameters()
//   pictureOf(net, place)      what a page shows of it: each neuron on a grid, the weights as lines, loss and accuracy

const SIZES = [2, 16, 16, 1];

/** A step on one batch: moves P, gives the loss. */
export function byHand(P, X, Y, m, lr) {
  const [n1, n2] = [16, 16];
  const [o2, o3] = [n1 * 3, n1 * 3 + n2 * (n1 + 1)];
  const g = new Float64Array(P.length);
  const [A1, A2, d1, d2] = [new Float64Array(n1), new Float64Array(n2), new Float64Array(n1), new Float64Array(n2)];
  let loss = 0;
  for (let s = 0; s < m; s++) {
    const [x, y] = [X[2 * s], X[2 * s + 1]];
    for (let i = 0; i < n1; i++) A1[i] = Math.tanh(P[3 * i] * x + P[3 * i + 1] * y + P[3 * i + 2]);
    for (let i = 0; i < n2; i++) {
      const row = o2 + i * (n1 + 1);
      let z = P[row + n1];
      for (let j = 0; j < n1; j++) z += P[row + j] * A1[j];
      A2[i] = Math.tanh(z);
    }
    let z = P[o3 + n2];
    for (let j = 0; j < n2; j++) z += P[o3 + j] * A2[j];
    const margin = 1 - Y[s] * z;
    if (margin <= 0) continue;
    loss += margin / m;
    const dz = -Y[s] / m;
    g[o3 + n2] += dz;
    d1.fill(0);
    for (let j = 0; j < n2; j++) {
      g[o3 + j] += dz * A2[j];
      d2[j] = dz * P[o3 + j] * (1 - A2[j] * A2[j]);
    }
    for (let i = 0; i < n2; i++) {
      const row = o2 + i * (n1 + 1);
      g[row + n1] += d2[i];
      for (let j = 0; j < n1; j++) {
        g[row + j] += d2[i] * A1[j];
        d1[j] += d2[i] * P[row + j];
      }
    }
    for (let i = 0; i < n1; i++) {
      const d = d1[i] * (1 - A1[i] * A1[i]);
      g[3 * i] += d * x;
      g[3 * i + 1] += d * y;
      g[3 * i + 2] += d;
    }
  }
  for (let i = 0; i < P.length; i++) P[i] -= lr * g[i];
  return loss;
}

// An object for each neuron and each weight

export function netOf(P) {
  const layers = SIZES.map((size) => Array.from({ length: size }, () => ({ bias: 0, links: [], out: [], a: 0, dz: 0, sum: 0 })));
  let place = 0;
  for (let layer = 1; layer < layers.length; layer++) {
    for (const to of layers[layer]) {
      for (const from of layers[layer - 1]) {
        const link = { from, to, weight: P[place++], sum: 0 };
        to.links.push(link);
        from.out.push(link);
      }
      to.bias = P[place++];
    }
  }
  return layers;
}

/** The output for a point; each neuron keeps its own. */
export function forward(net, x1, x2) {
  net[0][0].a = x1;
  net[0][1].a = x2;
  for (let layer = 1; layer < net.length; layer++) {
    for (const neuron of net[layer]) {
      let z = neuron.bias;
      for (const link of neuron.links) z += link.weight * link.from.a;
      neuron.a = layer === net.length - 1 ? z : Math.tanh(z);
    }
  }
  return net.at(-1)[0].a;
}

function backward(net, dz) {
  net.at(-1)[0].dz = dz;
  for (let layer = net.length - 1; layer > 0; layer--) {
    for (const neuron of net[layer]) {
      if (layer < net.length - 1) {
        let da = 0;
        for (const link of neuron.out) da += link.weight * link.to.dz;
        neuron.dz = da * (1 - neuron.a * neuron.a);
      }
      neuron.sum += neuron.dz;
      for (const link of neuron.links) link.sum += neuron.dz * link.from.a;
    }
  }
}

export function stepOf(net, X, Y, m, lr) {
  for (let s = 0; s < m; s++) {
    const z = forward(net, X[2 * s], X[2 * s + 1]);
    if (Y[s] * z < 1) backward(net, -Y[s]);
  }
  for (const neuron of net.slice(1).flat()) {
    neuron.bias -= (lr * neuron.sum) / m;
    neuron.sum = 0;
    for (const link of neuron.links) {
      link.weight -= (lr * link.sum) / m;
      link.sum = 0;
    }
  }
}

export function parametersOf(net) {
  return net.slice(1).flat().flatMap((neuron) => [...neuron.links.map(({ weight }) => weight), neuron.bias]);
}

// What a page shows of it, in a frame

const [COLUMNS, ROWS] = [56, 42]; // of the grid, as many as the playground asks its network for

/** A function that draws everything once: the plane, a picture for each neuron, each weight, loss and accuracy. */
export function pictureOf(net, X, Y, body) {
  const small = Object.assign(document.createElement("canvas"), { width: COLUMNS, height: ROWS });
  const pen = small.getContext("2d");
  const image = new ImageData(COLUMNS, ROWS);
  const canvasOf = (width, height) => body.appendChild(Object.assign(document.createElement("canvas"), { width, height }));
  const plane = canvasOf(368, 276);
  const neurons = net.flat();
  const pictures = neurons.map(() => canvasOf(33, 25));
  const lines = canvasOf(690, 770);
  const words = body.appendChild(document.createElement("p"));
  const seen = neurons.map(() => new Float64Array(COLUMNS * ROWS));
  return () => {
    ask(net, neurons, seen);
    pictures.forEach((canvas, index) => paint(canvas, seen[index], small, pen, image));
    paint(plane, seen.at(-1), small, pen, image);
    drawLines(lines, net);
    words.textContent = figures(net, X, Y);
  };
}

function ask(net, neurons, seen) {
  for (let cell = 0; cell < COLUMNS * ROWS; cell++) {
    forward(net, -1.5 + (4 * (cell % COLUMNS)) / COLUMNS, 1.75 - (3 * Math.floor(cell / COLUMNS)) / ROWS);
    for (let index = 0; index < neurons.length; index++) seen[index][cell] = neurons[index].a;
  }
}

function paint(canvas, numbers, small, pen, image) {
  for (let cell = 0; cell < numbers.length; cell++) {
    const share = Math.max(-1, Math.min(1, numbers[cell]));
    image.data[4 * cell] = share > 0 ? 255 * (1 - share) : 255;
    image.data[4 * cell + 1] = 255 - 128 * Math.abs(share);
    image.data[4 * cell + 2] = share > 0 ? 255 : 255 * (1 + share);
    image.data[4 * cell + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
  canvas.getContext("2d").drawImage(small, 0, 0, canvas.width, canvas.height);
}

function drawLines(canvas, net) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  const at = (layer, index) => [40 + 200 * layer, ((index + 0.5) * canvas.height) / net[layer].length];
  net.slice(1).forEach((neurons, before) => neurons.forEach(({ links }, index) => links.forEach(({ weight }, from) => {
    const [[x, y], [toX, toY]] = [at(before, from), at(before + 1, index)];
    context.beginPath();
    context.moveTo(x, y);
    context.bezierCurveTo((x + toX) / 2, y, (x + toX) / 2, toY, toX, toY);
    context.lineWidth = Math.min(5, 1 + 3 * Math.abs(weight));
    context.strokeStyle = weight > 0 ? "#0072b2" : "#d55e00";
    context.stroke();
  })));
}

function figures(net, X, Y) {
  let [loss, right] = [0, 0];
  for (let s = 0; s < Y.length; s++) {
    const z = forward(net, X[2 * s], X[2 * s + 1]);
    loss += Math.max(0, 1 - Y[s] * z) / Y.length;
    right += z * Y[s] > 0;
  }
  return `loss ${loss.toFixed(3)}, ${right} of ${Y.length} right`;
}
