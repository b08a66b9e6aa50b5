import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where a coordinator answers while the console is worked on: `npm run start` listens there. */
const COORDINATOR = 'http://127.0.0.1:4570'

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'production'] },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': COORDINATOR, '/socket.io': { target: COORDINATOR, ws: true } } },
  preview: { proxy: { '/api': COORDINATOR, '/socket.io': { target: COORDINATOR, ws: true } } },
})
