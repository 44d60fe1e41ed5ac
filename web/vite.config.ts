import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../src/assay/api/page',
    emptyOutDir: true,
    // The page is served under a policy that allows no inline content, so every asset is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The chart library is one lazy piece of this size.
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8765', '/healthz': 'http://127.0.0.1:8765' } },
})
