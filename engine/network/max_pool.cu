// Maximum of 2 x 2 pixels, and its gradient, for 16-bit floats whose channels lie side by side.
// Each thread computes 8 channels of one pixel of the result. Both types, bfloat16 and float16, keep the sign in the
// first bit and order magnitudes as integers do, so that they are compared as integers, two at a time.

struct __align__(16) Channels {
    unsigned pairs[4];
};

// The pixels of a window; those beyond an odd edge are its first pixel again.
struct Window {
    size_t first;
    size_t steps[4];

    __device__ Window(unsigned index, unsigned height, unsigned width, unsigned groups) {
        unsigned group = index % groups, pixel = index / groups;
        unsigned columns = (width + 1) / 2, rows = (height + 1) / 2;
        unsigned x = pixel % columns * 2, y = pixel / columns % rows * 2;
        size_t picture = pixel / columns / rows;
        first = ((picture * height + y) * width + x) * groups + group;
        bool right = x + 1 < width, below = y + 1 < height;
        steps[0] = 0;
        steps[1] = right ? groups : 0;
        steps[2] = below ? (size_t)width * groups : 0;
        steps[3] = right && below ? steps[1] + steps[2] : 0;
    }
};

// Two floats as two integers of the same order, and back: the magnitude of negative ones is turned round.
__device__ unsigned ordered(unsigned pair) {
    return pair ^ (__vcmplts2(pair, 0) & 0x7fff7fffu);
}

__device__ unsigned largest(const Channels *window, int k) {
    unsigned upper = __vmaxs2(ordered(window[0].pairs[k]), ordered(window[1].pairs[k]));
    unsigned lower = __vmaxs2(ordered(window[2].pairs[k]), ordered(window[3].pairs[k]));
    return __vmaxs2(upper, lower);
}

extern "C" __global__ void max_pool(const Channels *features, Channels *pooled, unsigned count, unsigned height,
                                    unsigned width, unsigned groups) {
    unsigned index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= count)
        return;
    Window place(index, height, width, groups);
    Channels window[4], result;
    for (int n = 0; n < 4; n++)
        window[n] = features[place.first + place.steps[n]];
    for (int k = 0; k < 4; k++)
        result.pairs[k] = ordered(largest(window, k));
    pooled[index] = result;
}

// The first of the largest pixels of a window gets the gradient, and the others 0.
extern "C" __global__ void max_pool_gradient(const Channels *features, const Channels *gradient, Channels *result,
                                             unsigned count, unsigned height, unsigned width, unsigned groups) {
    unsigned index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= count)
        return;
    Window place(index, height, width, groups);
    Channels window[4], given = gradient[index];
    for (int n = 0; n < 4; n++)
        window[n] = features[place.first + place.steps[n]];
    for (int k = 0; k < 4; k++) {
        unsigned goal = largest(window, k), free = 0xffffffffu;
        for (int n = 0; n < 4; n++) {
            unsigned chosen = __vcmpeq2(ordered(window[n].pairs[k]), goal) & free;
            window[n].pairs[k] = given.pairs[k] & chosen;
            free &= ~chosen;
        }
    }
    for (int n = 0; n < 4; n++)
        if (n == 0 || place.steps[n])
            result[place.first + place.steps[n]] = window[n];
}
