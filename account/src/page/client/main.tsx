import { render } from 'preact';
import { createApi } from './api.ts';
import { App } from './app.tsx';

const place = document.getElementById('page');
if (place) render(<App api={createApi()} />, place);
