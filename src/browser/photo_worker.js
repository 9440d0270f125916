// Makes a photo small apart from the page's own thread, which decoding, scaling and encoding twelve megapixels would freeze.
// Asked once, { file, options, steps, aim, small }, it answers once: [photo, thumbnail] as bytes, or in words why not. Whatever
// cannot be done here the page does itself (image.rs beside this file), and says what is wrong.
"use strict";

async function encoded(picture, [side, quality]) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const length = (of) => Math.max(1, Math.round(of * scale));
  const canvas = new OffscreenCanvas(length(picture.width), length(picture.height));
  const context = canvas.getContext("2d");
  // What is transparent becomes paper, not black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "medium";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Uint8Array(await blob.arrayBuffer());
}

onmessage = async ({ data: { file, options, steps, aim, small } }) => {
  try {
    const picture = await createImageBitmap(file, options);
    let photo;
    for (const step of steps) {
      photo = await encoded(picture, step);
      if (photo.length <= aim) break;
    }
    const thumbnail = await encoded(picture, small);
    postMessage([photo, thumbnail], [photo.buffer, thumbnail.buffer]);
  } catch (error) {
    postMessage(String(error));
  }
};

postMessage("ready");
