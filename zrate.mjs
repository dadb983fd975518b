import { fork } from 'node:child_process'; import { once } from 'node:events'; import autocannon from 'autocannon';
import { imageText, SHAPES } from './dist/bench/shapes.js';
const mode = process.argv[2] ?? 'all'; const secs=Number(process.argv[3] ?? 4); const prof=process.argv[4];
const execArgv=[...(prof?['--cpu-prof','--cpu-prof-dir='+prof]:[]), ...(process.env.NODE_ARGS?.split(' ')??[])];
const server = fork(new URL('./dist/bench/http-server.js', import.meta.url), { execArgv });
const [ports] = await once(server,'message');
const text = imageText(SHAPES.histories.make(100)).toString();
let sent=0; const [before, after]=text.split(/(?<="pid":1,)/);
const url=`http://127.0.0.1:${ports.service}/v1/plans?include=steps`;
const turns = {
 empty: d=>autocannon({url:`http://127.0.0.1:${ports.empty}/`,connections:10,duration:d}),
 repeated: d=>autocannon({url,connections:10,duration:d,method:'POST',headers:{'content-type':'application/json'},body:text}),
 plans: d=>autocannon({url,connections:10,duration:d,requests:[{method:'POST',headers:{'content-type':'application/json'},setupRequest:r=>({...r,body:`${before}"startTime":${++sent},${after}`})}]}),
};
const list = mode==='all'?['empty','repeated','plans']:mode.split(',');
const res={};
for (const m of list) await turns[m](1);
import { readFileSync, readdirSync } from 'node:fs';
const cpu=()=>{ const out={}; for(const t of readdirSync(`/proc/${server.pid}/task`)){ const f=readFileSync(`/proc/${server.pid}/task/${t}/stat`,'utf8'); const x=f.slice(f.lastIndexOf(')')+2).split(' '); const n=f.slice(f.indexOf('(')+1,f.lastIndexOf(')')); out[n+t]=[+x[11],+x[12]]; } const u=process.cpuUsage(); out.client=[u.user/1e4,u.system/1e4]; return out; };
for (let t=0;t<(prof?1:2);t++) for (const m of list) { const c0=cpu(); const r=await turns[m](secs); const c1=cpu(); if(t===1){ console.log(m, Object.entries(c1).map(([k,v])=>[k.replace(/\d+$/,''),((v[0]-(c0[k]?.[0]??0))*1e4/r.requests.total).toFixed(0)+'+'+((v[1]-(c0[k]?.[1]??0))*1e4/r.requests.total).toFixed(0)]).filter(x=>x[1]!=='0+0').join(' | ')); } (res[m]??=[]).push(r.requests.average); if(r.non2xx||r.errors) console.log('BAD',r.non2xx,r.errors); res[m+'B']=Math.round(r.throughput.total/r.requests.total); }
console.log(JSON.stringify(res), 'body', text.length); server.disconnect(); await once(server,'exit');
