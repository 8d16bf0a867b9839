/** The blocks of the standard library, each in the language itself; a user's block is as good. */
export const libraryTexts = {
  conv_bn: `
## A conv without bias, then a batch norm.
block conv_bn(x: tensor, channels: int, kernel: size, stride: size = 1, pad: padding = same,
              dilation: size = 1, groups: int = 1, eps: real = 1e-5) -> y {
  y = x -> conv(channels, kernel, stride: stride, pad: pad, dilation: dilation, groups: groups, bias: none)
    -> batch_norm(eps: eps)
}
`,
  depthwise_bn: `
## One filter a channel without bias, then a batch norm.
block depthwise_bn(x: tensor, kernel: size, stride: size = 1, pad: padding = same,
                   dilation: size = 1, multiplier: int = 1, eps: real = 1e-5) -> y {
  y = x -> depthwise(kernel, stride: stride, pad: pad, dilation: dilation, multiplier: multiplier, bias: none)
    -> batch_norm(eps: eps)
}
`,
  separable: `
## A conv in two steps: one filter a channel, then one place (Howard et al. 2017).
block separable(x: [c, h, w], out: int, stride: int = 1, act: layer = relu) -> y {
  y = x -> depthwise_bn(3x3, stride: stride, pad: 1) -> act -> conv_bn(out, 1x1) -> act
}
`,
  residual: `
## Two convs and a short cut (He et al. 2016).
block residual(x: [c, h, w], out: int, stride: int = 1, act: layer = relu) -> y {
  body = x -> conv_bn(out, 3x3, stride: stride, pad: 1) -> act -> conv_bn(out, 3x3)
  shortcut = if stride == 1 and c == out then x else x -> conv_bn(out, 1x1, stride: stride)
  y = body + shortcut -> act
}
`,
  bottleneck: `
## A residual block through a quarter of its channels (He et al. 2016).
block bottleneck(x: [c, h, w], out: int, stride: int = 1, reduce: int = 4, act: layer = relu) -> y {
  body = x -> conv_bn(out / reduce, 1x1) -> act
    -> conv_bn(out / reduce, 3x3, stride: stride, pad: 1) -> act -> conv_bn(out, 1x1)
  shortcut = if stride == 1 and c == out then x else x -> conv_bn(out, 1x1, stride: stride)
  y = body + shortcut -> act
}
`,
  inverted_bottleneck: `
## Wide inside, thin outside (Sandler et al. 2018).
block inverted_bottleneck(x: [c, h, w], out: int, expand: int = 6, stride: int = 1, act: layer = relu6) -> y {
  wide = if expand == 1 then x else x -> conv_bn(c * expand, 1x1) -> act
  thin = wide -> depthwise_bn(3x3, stride: stride, pad: 1) -> act -> conv_bn(out, 1x1)
  y = if stride == 1 and c == out then x + thin else thin
}
`,
  squeeze_excite: `
## Channels weigh themselves (Hu et al. 2018).
block squeeze_excite(x: [c, h, w], reduce: int = 4) -> y: [c, h, w] {
  gate = x -> global_avg_pool -> dense(c / reduce) -> relu -> dense(c) -> hard_sigmoid
  y = x * gate
}
`,
  shuffle_unit: `
## Half of the channels stay, half are moved; then they are mixed (Ma et al. 2018).
block shuffle_unit(x: [c, h, w]) -> y: [c, h, w] {
  require divides(2, c), "a shuffle unit moves half of its channels"
  still, moving = x -> split(2)
  moved = moving -> conv_bn(c / 2, 1x1) -> relu -> separable(c / 2)
  y = [still, moved] -> concat
    -> reshape([2, c / 2, h, w]) -> transpose([1, 0, 2, 3]) -> reshape([c, h, w])
}
`,
  fire: `
## Few channels feed two convs side by side (Iandola et al. 2016).
block fire(x: [c, h, w], squeeze: int, expand: int) -> y: [2 * expand, h, w] {
  thin = x -> conv(squeeze, 1x1) -> relu
  one = thin -> conv(expand, 1x1) -> relu
  three = thin -> conv(expand, 3x3) -> relu
  y = [one, three] -> concat
}
`,
  factored: `
## A dense layer through few values: two thin matrices.
block factored(x: [n], units: int, rank: int) -> y: [units] {
  y = x -> dense(rank, bias: none) -> dense(units)
}
`,
  gru: `
## Gated recurrent units (Cho et al. 2014).
block gru(x: signal[n], units: int) -> h: signal[units] {
  update = (x -> dense(units)) + (previous(h) -> dense(units)) -> sigmoid
  forget = (x -> dense(units)) + (previous(h) -> dense(units)) -> sigmoid
  fresh = (x -> dense(units)) + (forget * previous(h) -> dense(units)) -> tanh
  h = update * previous(h) + (1 - update) * fresh
}
`,
  lstm: `
## Long short-term memory (Hochreiter and Schmidhuber 1997).
block lstm(x: signal[n], units: int) -> h: signal[units] {
  enter = (x -> dense(units)) + (previous(h) -> dense(units)) -> sigmoid
  keep = (x -> dense(units)) + (previous(h) -> dense(units)) -> sigmoid
  leave = (x -> dense(units)) + (previous(h) -> dense(units)) -> sigmoid
  fresh = (x -> dense(units)) + (previous(h) -> dense(units)) -> tanh
  cell: signal[units] = keep * previous(cell) + enter * fresh
  h = leave * (cell -> tanh)
}
`,
} as const;
