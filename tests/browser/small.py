"""What is asked of an explorer on a small screen, by boxes: nothing wider, no overlap, all can be read and pressed."""

# Boxes are those of lines of text, cut to what their scrolling places show of them.
MEASURE = """root => {
    const coarse = matchMedia('(pointer: coarse)').matches;
    const over = [document.documentElement.scrollWidth - document.documentElement.clientWidth];
    const faults = over[0] > 0 ? [`the page is ${over[0]} px wider than the window`] : [];
    const place = root.getBoundingClientRect();
    const inside = '.kv-reel,.kv-picture[data-near=true],.kv-ledgers,.kv-sr,.kv-defs,'
        + '.kvrace-picture .widget-html-content > *,.widget-html-content pre *';
    const shown = node => node.checkVisibility({ visibilityProperty: true }) && !node.closest('.kv-sr,.kv-defs,title');
    const name = node => `${node.className.baseVal ?? node.className} ${node.textContent.trim().slice(0, 40)}`;
    const cuts = new Map();
    const cutOf = node => {
        if (!cuts.has(node)) {
            const whole = { left: -1e6, right: 1e6, top: -1e6, bottom: 1e6 };
            const above = node === root ? whole : cutOf(node.parentElement);
            const { left, right, top, bottom } = node.getBoundingClientRect();
            cuts.set(node, getComputedStyle(node).overflowX === 'visible' || node === root ? above : {
                left: Math.max(left, above.left), right: Math.min(right, above.right),
                top: Math.max(top, above.top), bottom: Math.min(bottom, above.bottom) });
        }
        return cuts.get(node);
    };
    for (const node of root.querySelectorAll('*')) {
        if (node.closest(inside) || !shown(node)) continue;
        const box = node.getBoundingClientRect();
        if (box.width && box.height && (box.right > place.right + 1 || box.left < place.left - 1))
            faults.push(`outside: ${name(node)}`);
        const whole = node.matches('.jp-OutputArea-output,.kv-fn,.kv-verdict,.kv-steplabel,button,p');
        if (whole && node.scrollWidth > node.clientWidth + 1)
            faults.push(`cut: ${name(node)}`);
    }
    const lines = [];
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let text = walk.nextNode(); text; text = walk.nextNode()) {
        const owner = text.parentElement;
        if (!text.textContent.trim() || owner.closest('option,style,textarea') || !shown(owner)) continue;
        const picture = owner.closest('svg');
        let scale = 1;
        if (picture?.getAttribute('viewBox')) {
            const box = picture.getBoundingClientRect();
            const [, , width, height] = picture.getAttribute('viewBox').split(' ').map(Number);
            scale = Math.min(box.width / width, box.height / height);
        }
        const size = parseFloat(getComputedStyle(owner).fontSize) * scale;
        if (size && size < 11.9) faults.push(`${size.toFixed(1)} px: ${name(owner)}`);
        const range = document.createRange();
        range.selectNodeContents(text);
        const cut = cutOf(owner);
        for (const { left, right, top, bottom } of range.getClientRects()) {
            // Ink is lower than the line that it stands on: 0.8 of the size.
            const spare = Math.max(0, (bottom - top - 0.8 * size) / 2);
            const line = { owner, left: Math.max(left, cut.left), right: Math.min(right, cut.right),
                top: Math.max(top + spare, cut.top), bottom: Math.min(bottom - spare, cut.bottom) };
            if (line.right > line.left && line.bottom > line.top) lines.push(line);
        }
    }
    lines.sort((a, b) => a.top - b.top);
    lines.forEach((a, i) => {
        for (let j = i + 1; j < lines.length && lines[j].top < a.bottom - 1; j++) {
            const b = lines[j];
            if (a.owner !== b.owner && a.left < b.right - 1 && b.left < a.right - 1)
                faults.push(`overlap: ${name(a.owner)} / ${name(b.owner)}`);
        }
    });
    if (coarse)
        for (const node of root.querySelectorAll('button,select,summary,input[type=number]')) {
            const { width, height } = node.getBoundingClientRect();
            if (shown(node) && (width < 43.5 || height < 43.5))
                faults.push(`${width.toFixed(0)} x ${height.toFixed(0)}: ${name(node)} ${node.dataset.testid ?? ''}`);
        }
    const [reel, flag] = ['.kv-reel', '.kv-flag .foot'].map(of => root.querySelector(of)?.getBoundingClientRect());
    if (flag && (flag.left < reel.left - 8 || flag.right > reel.right + 8)) faults.push('the flag is out of view');
    return faults;
}"""

AT_EVERY_STEP = (
    f"async root => {{\n    const measure = {MEASURE};\n"
    + """
    const label = root.querySelector('[data-testid=step-label]');
    const press = key => root.dispatchEvent(new KeyboardEvent('keydown', {key}));
    const faults = new Set();
    press('Home');
    for (let last = ''; label.textContent !== last; press('ArrowRight')) {
        last = label.textContent;
        await new Promise(end => requestAnimationFrame(() => requestAnimationFrame(end)));  // the line scrolls with one
        for (const fault of measure(root)) faults.add(`${last}: ${fault}`);
    }
    return [...faults].slice(0, 40);
}"""
)
