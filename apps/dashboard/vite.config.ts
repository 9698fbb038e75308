import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** In development the API of a running fleet is taken over: `npx vite apps/dashboard`. */
const API = 'http://127.0.0.1:7070';

export default defineConfig({
  // Relative, so that the built files work under any path.
  base: './',
  plugins: [react()],
  build: {
    target: 'es2022',
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // The server revalidates by ETag and lists its files at its start: names that outlive a rebuild.
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
  server: { proxy: { '/api': API } },
});
