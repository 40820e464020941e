//! Which script a Chinese text is written in.

use super::length::is_chinese;

/// Frequent characters that only the traditional script has.
const TRADITIONAL: &str = "\
萬與專業叢東絲兩嚴喪個豐臨為麗舉義烏樂習鄉書買亂爭於虧雲亞產畝親億僅從侖倉儀們價眾優會傘偉傳傷倫偽體餘傭偵側僑債傾儲兒黨蘭關興養獸內岡冊寫軍農馮\
凍淨涼減湊凱幾鳳憑擊鑿劃劉則剛創刪別劑劍劇勸辦務動勵勁勞勢勛匯區醫華協單賣盧衛卻廠廳曆歷壓厭厲縣參雙發變敘疊葉號嘆嚇嗎啟吳員聽嗚詠嚨響啞嘩喚嘖嗇囑\
園圍國圖圓聖場壞塊堅壇壩墳墜壟壘墾墊塵牆壯聲殼壺處備復夠頭夾奪奮獎妝婦媽嫵嬌孫學寧寶實寵審憲宮寬賓寢對尋導將爾嘗屆屍層屬歲豈嶼崗島嶺峽嶄帥師帳\
帶幀幫幣幹並廣莊慶廬庫應廟龐廢開異棄張彈強歸當錄彥徹徑後憶憂懷態慫憐總戀懇惡惱悅懸驚懼慘懲憤願懶戲戶撲執擴掃揚擾撫拋搶護報擬攏揀擁攔擇掛摯揮撈損\
換據擲摻攬攝擺搖攤撐敵數齋鬥斬斷無舊時曠晝顯曉暈暉暫術機殺雜權條來楊極構槍櫃檸標棧棟欄樹樣橋檔夢檢樓歡歐殘毆畢斃氈氣漢湯洶溝淪滄滬濘淚澤潔灑窪淺\
漿澆濁測濟瀏渾濃塗濤澇漣渦滌潤澗漲澀淵漬漸漁滲溫灣濕潰濺滾滿濾濫濱灘滅燈靈災爐點煉爍爛燭煙煩燒燙熱煥愛爺牽犧狀猶獨獅獄獵豬貓獻瑪環現瓊電畫暢療瘋\
瘡癢瘓癮皺盞鹽監蓋盤矚睜瞞礦碼磚硯確礙禮禍離種積稱穩窮竊窩窺豎競篤筆筍箋籠築篩簽簡籃籬類糧糞緊糾紅纖約級紀純紗綱納縱紛紙紋紡紐線練組細織終絆紹經\
綁絨結繞繪給絡絕統絹繡繼績緒續繩維綿綜綠綻緩緬緞緣縫縮繳網羅罰罷羨翹聳恥聰肅腸膚腎腫脹脅膽勝朧膠脈髒腦膿腳脫臉臘膩騰艦艙艷藝節蘇蘋範莖薦莢蕩榮葷\
藥蓮獲瑩鶯蘿螢營蕭薩蔥蔣藍蘊虛蟲雖蝦蝕蟻螞蠶蠻蠟補襯襖裝褲襲見觀規視覽覺觸譽計訂認討讓訓議訊記講許論設訪證評識詐訴診詞譯試詩誠話誕詢該詳誇誌誤說誦\
請諸課誰調談謀諜諧謂謊謎謝謠謹譜譚貝貞負貢財責賢敗賬貨質販貪貧購貫貴貸費貼賀賄資賊賠賞賜賴賺賽贈贊贏趕趨躍踐踴蹤軀車軌軒轉輪軟轟軸輕載較輔輛輩輝\
輸轄辭邊遼達遷過邁運還這進遠違連遲適選遜遞邏遺鄧鄭鄰醬釀釋裏針釘釣鈔鈣鋼鑰鈞鉤鈕錢鉗鐵鈴鉛銅鋁鋪銀銳鋒鋸錯錨錫鑼鍋鍵鍛鎖鎮鏡鏈鐘鑑長門閃閉問闖閑\
間悶鬧聞閥閣閱闊隊陽陰陣階際陸陳險隨隱隸難雛霧頁頂項順須頑顧頓頒預領頗頻顆題顏額顛顫風飄飛飢飯飲飾飽飼餃餅餓館饅馬馳馴駐駕駛駝駱驗騎騙騷驕鬆魚魯\
鮮鯉鯨鱔鳥雞鳴鴉鴨鴻鴿鵝鵲鷹麥黃齊齒齡龍龜";

/// Whether most of a text that could be written in two ways is written in the traditional one.
pub fn is_traditional(text: &str) -> bool {
    let chinese = text
        .chars()
        .filter(|character| is_chinese(*character))
        .count();
    let traditional = text
        .chars()
        .filter(|character| TRADITIONAL.contains(*character))
        .count();
    // About every third character differs between the scripts.
    traditional >= 2 && traditional * 4 >= chinese
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_told_by_what_only_one_of_them_has() {
        assert!(is_traditional("紅燒獅子頭的家常做法"));
        assert!(!is_traditional("红烧狮子头的家常做法"));
        assert!(!is_traditional("豉汁蒸白鱔的做法"), "one rare character");
        assert!(!is_traditional("iPhone 17"));
    }

    #[test]
    fn the_list_holds_each_character_once() {
        let mut all: Vec<char> = TRADITIONAL.chars().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();

        assert_eq!(count, all.len());
    }
}
