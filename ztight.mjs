import { imageText, SHAPES } from './dist/bench/shapes.js';
const { readUpload } = await import('./dist/src/jobs/read-upload.js'); const { makePlan } = await import('./dist/src/jobs/make-plan.js'); const {planBody}=await import('./dist/src/http/rendering/plan-json.js');
const { planRestore } = await import('./dist/src/engine/plan-restore.js');
const { DEFAULT_READ_LIMITS } = await import('./dist/src/formats/read-limits.js'); 
const { DEFAULT_OPTIONS:opt } = await import('./dist/src/engine/plan/plan-options.js');
const text=imageText(SHAPES.histories.make(100)).toString(); const [before, after]=text.split(/(?<="pid":1,)/);
let sent=0; const T=[0,0,0,0,0];
async function one(){ const head=Buffer.from(`${before}"startTime":${++sent},${after}`); const a=performance.now(); const r=await readUpload({contentType:'application/json',head,rest:null},'plan request',DEFAULT_READ_LIMITS); const b=performance.now(); planRestore(r.tree,opt); const c=performance.now(); const p=makePlan(r.tree,r.record.id,opt); const d=performance.now(); const s=planBody(p,true); const e=performance.now(); const bb=Buffer.from(s); const f=performance.now(); T[0]+=b-a;T[1]+=c-b;T[2]+=d-c;T[3]+=e-d;T[4]+=f-e;}
for(let i=0;i<3000;i++) await one(); T.fill(0); const n=5000; for(let i=0;i<n;i++) await one();
console.log('us: read',...['read','planRestore','makePlan(incl)','planBody','toBuffer'].map((k,i)=>k+' '+(T[i]/n*1000).toFixed(0)));
