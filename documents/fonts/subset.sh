#!/usr/bin/env bash
# Makes the fonts of this folder from the Debian packages that README.md names, unpacked below $1.
set -euo pipefail
from="$1/usr/share/fonts/truetype/noto"
droid="$1/usr/share/fonts-droid-fallback/truetype"
cd "$(dirname "$0")"

cut() {
  local source=$1 target=$2 ranges=$3
  pyftsubset "$source" --output-file="$target" --unicodes="$ranges" --layout-features=ccmp,locl,calt,rlig,liga,kern,mark,mkmk,abvm,blwm,dist,init,medi,fina,isol,nukt,akhn,rphf,rkrf,pref,blwf,half,vatu,cjct,pres,abvs,blws,psts,haln,pstf,abvf \
    --no-hinting --desubroutinize --drop-tables+=DSIG,meta,STAT,vhea,vmtx,gasp --name-IDs=0,1,2,3,4,5,6,13,14 --notdef-outline --no-recalc-timestamp
}

western='U+0020-007E,U+00A0-024F,U+0259,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+1F00-1FFF,U+2000-206F,U+2070-209F,U+20A0-20BF,U+2100-214F,U+2190-2193,U+2212,U+2215,U+25CC,U+FB01-FB02,U+FFFD'
for weight in Regular Bold; do
  cut "$from/NotoSans-$weight.ttf" "NotoSans-$weight.ttf" "$western"
  cut "$from/NotoSansArabic-$weight.ttf" "NotoSansArabic-$weight.ttf" 'U+0020,U+00A0,U+0600-06FF,U+0750-077F,U+08A0-08FF,U+200C-200F,U+25CC,U+FB50-FDFF,U+FE70-FEFC'
  cut "$from/NotoSansHebrew-$weight.ttf" "NotoSansHebrew-$weight.ttf" 'U+0020,U+00A0,U+0591-05F4,U+200C-200F,U+20AA,U+25CC,U+FB1D-FB4F'
done
for script in Armenian Bengali Devanagari Georgian Gujarati Gurmukhi Kannada Malayalam Oriya Tamil Telugu Thai; do
  cut "$from/NotoSans$script-Regular.ttf" "NotoSans$script-Regular.ttf" '*'
done
cut "$droid/DroidSansFallback.ttf" DroidSansFallback.ttf 'U+2E80-2FDF,U+3000-303F,U+3040-31FF,U+3200-33FF,U+4E00-9FFF,U+AC00-D7A3,U+F900-FAFF,U+FE30-FE4F,U+FF00-FFEF'
