import autocannon from 'autocannon'; import Fastify from 'fastify'; import { fork } from 'node:child_process'; import {once} from 'node:events';
if (process.argv[2]==='srv'){ const a=Fastify(); a.get('/',()=>({})); await a.listen({port:8098}); process.send('x'); process.on('disconnect',()=>process.exit()); } else {
const { imageText, SHAPES } = await import('./dist/bench/shapes.js'); const c=fork('./zdef.mjs',['srv']); await once(c,'message');
const text = imageText(SHAPES.histories.make(100)).toString();
const e=()=>autocannon({url:'http://127.0.0.1:8098/',connections:10,duration:3}).then(r=>r.requests.average), p=()=>autocannon({url:'http://127.0.0.1:8099/v1/plans?include=steps',connections:10,duration:3,method:'POST',headers:{'content-type':'application/json'},body:text}).then(r=>r.requests.average);
for(let i=0;i<3;i++){ const a=await e(), b=await p(); console.log(a,b,(b/a).toFixed(3)); } c.disconnect(); }
